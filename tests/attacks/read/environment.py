"""Prints the environment of this process and of those that it can see."""

import glob
import os

print(dict(os.environ))
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        print(path, open(path, "rb").read())
    except OSError as error:
        print(path, error)

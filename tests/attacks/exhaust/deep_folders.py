"""Makes folders within folders, deeper than a recursive walk can follow, and starts a process that outlives it."""

import os
import subprocess
import time

import attack

EXPECTED = {"ok", "died"}
subprocess.Popen(["setsid", "sh", "-c", f"sleep {attack.target.daemon} & exit"])
made = 0
try:
    while made < 3000:
        os.mkdir("d")
        os.chdir("d")
        made += 1
except OSError as error:
    print(error)
os.chdir(os.path.expanduser("~"))
time.sleep(0.5)
if made == 3000:
    attack.escaped(made)

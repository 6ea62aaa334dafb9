"""Writes into the packages that the next student's notebook imports."""

import os
import sys
from importlib.util import find_spec

from attack import SECRET, escaped, tries

packages = os.path.dirname(os.path.dirname(find_spec("numpy").origin))
library = os.path.dirname(find_spec("gdm_lib").origin)
for folder in (packages, library, sys.base_prefix, "/usr/lib", "/etc", "/"):
    path = os.path.join(folder, SECRET)
    tries(lambda path=path: open(path, "w").close() or escaped(path), lambda path=path: os.remove(path))
before = os.stat(library)


def changed(what):
    now = os.stat(library)
    if (now.st_mode, now.st_mtime_ns) != (before.st_mode, before.st_mtime_ns):
        escaped(what)


tries(lambda: os.utime(library, (1, 1)) or changed("touched"),
      lambda: os.utime(library, ns=(before.st_atime_ns, before.st_mtime_ns)))
tries(lambda: os.chmod(library, 0o777) or changed("chmod"), lambda: os.chmod(library, before.st_mode & 0o7777))

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
tries(lambda: os.utime(library) or escaped("touched"), lambda: os.chmod(library, 0o755) or escaped("chmod"))

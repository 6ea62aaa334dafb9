"""Becomes root: by asking, by a set-user-id program, by a capability."""

import ctypes
import os
import shutil
import subprocess

from attack import escaped, tries

tries(lambda: os.setuid(0) or escaped("setuid"), lambda: os.setgroups([0]) or escaped("groups"))


def set_user_id():
    shutil.copy("/bin/sh", "shell")
    os.chmod("shell", 0o6755)
    if b"uid=0" in subprocess.run(["./shell", "-p", "-c", "id"], capture_output=True).stdout:
        escaped("a set-user-id program")


tries(set_user_id)
may_read = 1 << 2  # on the lower isolation it may be held, and Landlock grants nothing for it
status = dict(line.split(":\t", 1) for line in open("/proc/self/status"))
kinds = ["CapEff", "CapPrm", "CapInh", "CapAmb"]
if int(status["NoNewPrivs"]) == 0:  # else nothing leads from this bound to a capability, and who is not root keeps it
    kinds.append("CapBnd")
held = [int(status[kind], 16) for kind in kinds]
if any(mask & ~may_read for mask in held):
    escaped(f"capabilities {held}")
tries(lambda: ctypes.CDLL(None).prctl(47, 2, 21, 0, 0) == 0 and escaped("an ambient capability"))

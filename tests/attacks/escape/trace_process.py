"""Attaches to a process of the machine and to its own supervisor as a debugger."""

import ctypes
import os

from attack import escaped, target

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE = 0x4206
for process in (target.victim, os.getppid()):
    if process > 0 and libc.ptrace(PTRACE_SEIZE, process, None, None) == 0:
        escaped(f"traces {process}")
        break

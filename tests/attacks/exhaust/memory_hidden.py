"""Takes memory in children that hide their pages from whoever looks."""

import ctypes
import os
import time

import attack  # noqa: F401

EXPECTED = {"memory"}
PR_SET_DUMPABLE = 4
for _ in range(8):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)
        held = b"x" * (150 << 20)
        time.sleep(30)
time.sleep(30)

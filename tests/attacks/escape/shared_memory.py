"""Leaves a message for another student's kernel in System V memory, a message queue or /dev/shm."""

import ctypes
import os

from attack import escaped, target, tries

libc = ctypes.CDLL(None, use_errno=True)
IPC_CREAT, IPC_RMID = 0o1000, 0
memory = libc.shmget(0x6D64, 4096, IPC_CREAT | 0o666)
if memory >= 0:
    libc.shmctl(memory, IPC_RMID, None)
    escaped("System V memory")
tries(lambda: escaped(open(target.shared).read()))
tries(lambda: os.path.exists("/dev/mqueue/x") and escaped("a queue"))

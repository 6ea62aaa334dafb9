"""Leaves a key in the keyring of its session, where another student's kernel could find it."""

import ctypes

from attack import escaped

libc = ctypes.CDLL(None, use_errno=True)
SESSION, USER = -3, -4
for ring in (SESSION, USER):
    if libc.syscall(248, b"user", b"message", b"answer", 6, ring) >= 0:
        escaped("a key")

"""Makes a user namespace of its own, to be root in it and reach parts of the kernel meant for root."""

import ctypes
import os

from attack import escaped, tries

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER, CLONE_NEWNS = 0x10000000, 0x20000
child = os.fork()
if child == 0:
    os._exit(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0)
if os.waitpid(child, 0)[1]:
    escaped("a user namespace")
tries(lambda: libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0) == 0 and escaped("the namespace of another"))

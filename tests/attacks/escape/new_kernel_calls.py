"""Calls parts of the kernel that had many holes: io_uring, bpf, perf, userfaultfd, fanotify, keys."""

import ctypes

from attack import escaped

libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(256)
CALLS = {"io_uring": (425, 4, page), "bpf": (321, 0, page, 72), "perf": (298, page, 0, -1, -1, 0),
         "userfaultfd": (323, 1), "fanotify": (300, 0, 0), "quotactl": (179, 0, 0, 0, 0)}
for name, (number, *arguments) in CALLS.items():
    if libc.syscall(number, *arguments) >= 0 or ctypes.get_errno() != 1:
        escaped(f"{name}: answered with {ctypes.get_errno()}")

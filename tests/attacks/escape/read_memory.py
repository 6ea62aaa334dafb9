"""Reads and writes the memory of the grader, of a process of the machine and of its own supervisor."""

import ctypes
import os

from attack import escaped, target, tries

libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def peek(process):
    where = int(open(f"/proc/{process}/maps").readline().split("-")[0], 16)
    buffer = ctypes.create_string_buffer(16)
    here, there = Vector(ctypes.addressof(buffer), 16), Vector(where, 16)
    if libc.process_vm_readv(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) == 16:
        escaped(f"memory of {process}")


for process in (target.grader, target.victim, os.getppid(), 1):
    if process > 0:
        tries(lambda process=process: peek(process),
              lambda process=process: escaped(open(f"/proc/{process}/mem", "r+b")))

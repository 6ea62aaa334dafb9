"""A seccomp filter: a notebook may call what `syscall_table` allows; the rest fails.

It leaves what torch, DataLoader workers and plots need. Some calls are allowed for some arguments alone. Source: the
kernel's Documentation/userspace-api/seccomp_filter.rst; the program is classic BPF.
"""

import ctypes
import os
import platform
import struct

from gdm_grader.sandbox.linux import syscall_table
from gdm_grader.sandbox.linux.syscalls import syscall

EPERM, ENOMEM, EINVAL, ENOSYS, EOPNOTSUPP, EAFNOSUPPORT = 1, 12, 22, 38, 95, 97
AF_UNIX, SOCK_STREAM, SOCK_TYPE_MASK = 1, 1, 0xF
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW... flag that clone takes
PRIO_PROCESS, IOPRIO_WHO_PROCESS = 0, 1
# of fcntl: who gets the signals of a descriptor, and which; leases and notes, which send some. F_SETPIPE_SZ would take
# the user's whole share of pipes.
_SIGNALS_OF_A_DESCRIPTOR = (8, 10, 15, 1024, 1026, 1031)  # F_SETOWN, SETSIG, SETOWN_EX, SETLEASE, NOTIFY, SETPIPE_SZ
# of fcntl: F_SETLK, F_SETLKW, and those of an open file. Each locked byte is memory that no process counts, without an
# end; who locks a file that no other kernel has is told that it did.
_LOCKS = (6, 7, 37, 38)
_OWNERS_OF_A_DESCRIPTOR = (0x8901, 0x8902)  # of ioctl: FIOSETOWN, SIOCSPGRP
_TYPES_INTO_A_TERMINAL = 0x5412  # of ioctl: TIOCSTI
_TAKES_DISK = (0x40305828, 0x4030582A, 0x40305839)  # of ioctl, as fallocate: FS_IOC_RESVSP, RESVSP64, ZERO_RANGE
_REFUSED_OF_IOCTL = (*_OWNERS_OF_A_DESCRIPTOR, _TYPES_INTO_A_TERMINAL, *_TAKES_DISK)
_BUFFER_SIZES = (7, 8, 32, 33)  # SO_SNDBUF, SO_RCVBUF and what forces them: memory that no process counts
SOL_SOCKET = 1
MAP_HUGETLB = 0x40000  # of mmap: pages that the machine keeps for others, such as a database, and nothing counts
RLIMIT_CORE = 4  # the student's own is 1: Linux then starts no program of the machine that takes the dump
PR_SET_DUMPABLE = 4  # what is not dumpable hides its descriptors from the watchdog of an ordinary user
# of prctl: signals, names, capabilities and marks of the process itself. Not here are what changes how the machine
# shares its processors and its memory (PR_SCHED_CORE, PR_SET_MEMORY_MERGE), and what only a debugger needs.
_OF_PRCTL = (1, 2, 3, 15, 16, 21, 22, 23, 29, 30, 36, 37, 38, 39, 41, 42, 50, 51, 54, 55, 56, 63, 64, 0x41555856,
             0x53564D41, 0x59616D61)
_ARCHITECTURES = (0xC000003E, 0xC00000B7)
_X32 = 0x40000000
# what would slow down or strangle another process of the same user: the argument that names it must be 0, "myself";
# libzmq sets the ordinary policy, 0, of its threads
_OF_MYSELF = {"sched_setaffinity": 0, "sched_setscheduler": 1, "sched_setparam": 0, "sched_setattr": 0}
_OF_ONE_PROCESS = {"setpriority": PRIO_PROCESS, "ioprio_set": IOPRIO_WHO_PROCESS}  # first argument; the second is 0

Instruction = tuple[int, int, int, int]  # code, steps if true, steps if false, constant
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000


def deny(number: int) -> Instruction:
    return (_RETURN, 0, 0, 0x00050000 | number)


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * index)  # its lower half


def _upper(index: int) -> Instruction:
    return (_LOAD, 0, 0, 20 + 8 * index)


def program(shared: bool, signals: bool) -> list[Instruction]:
    """The filter. `shared`: the file system and the network are the machine's; `signals`: to any process in sight."""
    machine = platform.machine()
    known = {kind: syscall_table.numbers(kind, machine) for kind in syscall_table.kinds()}
    steps: list[Instruction] = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCHITECTURES[syscall_table.MACHINES.index(machine)]),
                                (_RETURN, 0, 0, KILL), (_LOAD, 0, 0, 0)]
    if machine == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, KILL)]
    for name, number in known["CHECKED"].items():
        steps += _call(number, _checks(name, shared))
    allowed = set(known["ALLOWED"].values())
    if signals:
        allowed |= set(known["SIGNALS"].values())
    else:
        for name in ("kill", "tgkill"):  # the first argument is the process; the other calls are refused
            steps += _call(known["SIGNALS"][name], [_argument(0), (_EQUAL, 0, 1, os.getpid()), (_RETURN, 0, 0, ALLOW),
                                                    deny(EPERM)])
    silent = set(known["WITHOUT_EFFECT"].values())
    if shared:  # copying a file goes on: these do nothing, and say that they did
        silent |= set(known["ABOUT_FILES"].values())
    else:
        allowed |= set(known["ABOUT_FILES"].values())
    steps += _ranges(allowed, (_RETURN, 0, 0, ALLOW)) + _ranges(silent, deny(0))
    last = max(max(numbers.values()) for numbers in known.values() if numbers)
    return [*steps, (_AT_LEAST, 0, 1, last + 1), deny(ENOSYS), deny(EPERM)]


def _checks(name: str, shared: bool) -> list[Instruction]:
    """Return the instructions that allow a call or refuse it, by its arguments; the last one returns."""
    allow = (_RETURN, 0, 0, ALLOW)
    stream = [_argument(0), (_EQUAL, 1, 0, AF_UNIX), deny(EAFNOSUPPORT), _argument(1),
              (_AND, 0, 0, SOCK_TYPE_MASK), (_EQUAL, 1, 0, SOCK_STREAM), deny(EAFNOSUPPORT), allow]
    if name == "prlimit64":  # of oneself, and the limit of dumps is not changed
        return [_argument(0), (_EQUAL, 1, 0, 0), deny(EPERM), _argument(1), (_EQUAL, 1, 0, RLIMIT_CORE), allow,
                _argument(2), (_EQUAL, 1, 0, 0), deny(EPERM), _upper(2), (_EQUAL, 1, 0, 0), deny(EPERM), allow]
    if name == "setrlimit":
        return [_argument(0), (_EQUAL, 0, 1, RLIMIT_CORE), deny(EPERM), allow]
    if name in _OF_MYSELF:
        return [_argument(_OF_MYSELF[name]), (_EQUAL, 0, 1, 0), allow, deny(EPERM)]
    if name in _OF_ONE_PROCESS:
        return [_argument(0), (_EQUAL, 1, 0, _OF_ONE_PROCESS[name]), deny(EPERM), _argument(1), (_EQUAL, 0, 1, 0),
                allow, deny(EPERM)]
    if name == "fcntl":
        return [_argument(1), *_any_of(_SIGNALS_OF_A_DESCRIPTOR, deny(EPERM)), *_any_of(_LOCKS, deny(0)), allow]
    if name == "ioctl":
        return [_argument(1), *_any_of(_REFUSED_OF_IOCTL, deny(EPERM)), allow]
    if name == "setsockopt":  # says that it did: a library that asks for a larger buffer works with the usual one
        return [_argument(1), (_EQUAL, 1, 0, SOL_SOCKET), allow,
                _argument(2), *_any_of(_BUFFER_SIZES, deny(0)), allow]
    if name == "mmap":
        return [_argument(3), (_ANY_BIT, 0, 1, MAP_HUGETLB), deny(ENOMEM), allow]
    if name == "prctl":
        return [_argument(0), *_any_of(_OF_PRCTL if shared else (*_OF_PRCTL, PR_SET_DUMPABLE), allow), deny(EINVAL)]
    if name == "fallocate":  # takes any disk at once; libraries write instead where a file system does not know it
        return [deny(EOPNOTSUPP)] if shared else [allow]
    if name == "clone":
        return [_argument(0), (_ANY_BIT, 0, 1, NEW_NAMESPACES), deny(EPERM), allow]
    if name == "clone3":  # hides its flags from a filter; without it libc falls back to clone
        return [deny(ENOSYS)]
    if name == "socketpair":
        return stream
    if name == "socket":
        return [deny(EAFNOSUPPORT)] if shared else stream
    raise ValueError(f"no check is written for {name}")


def _any_of(values: tuple[int, ...], what: Instruction) -> list[Instruction]:
    steps: list[Instruction] = []
    for value in values:
        steps += [(_EQUAL, 0, 1, value), what]
    return steps


def _ranges(numbers: set[int], what: Instruction) -> list[Instruction]:
    """Do `what` for these numbers; neighbors share a comparison."""
    steps: list[Instruction] = []
    for first in sorted(numbers):
        if first - 1 in numbers:
            continue
        after = first
        while after in numbers:
            after += 1
        steps += [(_AT_LEAST, 0, 2, first), (_AT_LEAST, 1, 0, after), what]
    return steps


def _call(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def install(shared: bool = False, signals: bool = True) -> None:
    """Filter this process and its children for good; PR_SET_NO_NEW_PRIVS must be set."""
    steps = program(shared, signals)
    raw = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter_mode = 1
    syscall("seccomp", filter_mode, 0, struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(raw)))

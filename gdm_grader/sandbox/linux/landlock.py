"""Landlock: a process gives up the file system but for what is named, TCP, and signals to the rest of the machine.

Source: the kernel's Documentation/userspace-api/landlock.rst. What it lets through by design, UDP and connect() to
a socket in the file system, is the seccomp filter's part.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from gdm_grader.sandbox.linux.syscalls import syscall

READ_AND_RUN = 0b1101  # execute, read a file, list a folder
LIST = 0b1000
EXECUTE = 0b1
_OF_FILES = 0b111 | 1 << 14 | 1 << 15  # what makes sense on a file itself: execute, write, read, truncate, ioctl
_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15}  # number of file rights; 16 from 5 on
SCOPED_SINCE = 6  # signals and abstract sockets


def abi() -> int:
    """The version of Landlock in this kernel; 0 where there is none."""
    version_flag = 1
    try:
        return syscall("landlock_create_ruleset", None, 0, version_flag)
    except OSError:
        return 0


def restrict(read_only: Iterable[str], writable: Iterable[str], listed: Iterable[str] = ()) -> None:
    """From here on this process and its children reach only these paths and what lies below them.

    Of folders that are `listed` alone they see names, and of the folders below these. No program in what is
    `writable` is started by its name: one that may not be read would hide its descriptors from the watchdog of an
    ordinary user. The loader starts those alone that it can read.

    PR_SET_NO_NEW_PRIVS must be set. A path that does not exist is left out.
    """
    version = abi()
    if not version:
        raise OSError("this kernel has no Landlock")
    everything = (1 << _RIGHTS_BY_ABI.get(version, 16)) - 1
    tcp, scoped = (3 if version >= 4 else 0), (3 if version >= SCOPED_SINCE else 0)
    size = 8 if version < 4 else 16 if version < SCOPED_SINCE else 24
    ruleset = syscall("landlock_create_ruleset", struct.pack("QQQ", everything, tcp, scoped)[:size], size, 0)
    for paths, rights in ((read_only, READ_AND_RUN), (writable, everything & ~EXECUTE), (listed, LIST)):
        for path in paths:
            _allow(ruleset, path, rights)
    syscall("landlock_restrict_self", ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= _OF_FILES
        if abi() < 5:
            rights &= ~(1 << 15)
        if abi() < 3:
            rights &= ~(1 << 14)
    path_beneath = 1
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
    syscall("landlock_add_rule", ruleset, path_beneath, rule, 0)
    os.close(place)

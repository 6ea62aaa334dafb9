"""The system calls of Linux that Python's standard library lacks, with errors as OSError."""

import ctypes
import errno
import os
import platform
import struct
from pathlib import Path
from typing import Any

from gdm_grader.sandbox.linux.syscall_table import MACHINES

# The interpreter's lock stays held: a process cloned in the middle of a call comes back with it.
_libc = ctypes.PyDLL(None, use_errno=True)

# number on x86_64, number on aarch64 (asm-generic)
_CALL_NUMBERS = {
    "clone": (56, 220),
    "capset": (126, 91),
    "pivot_root": (155, 41),
    "seccomp": (317, 277),
    "mount_setattr": (442, 442),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_CAPBSET_DROP = 1, 4, 8, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
_CAPABILITY_VERSION_3 = 0x20080522
MADV_COLLAPSE = 25


def syscall(name: str, *arguments: Any) -> int:
    """Call `name` of this machine's table; integers are passed as 64-bit words."""
    if platform.machine() not in MACHINES:
        raise OSError(f"the sandbox knows the system calls of {' and '.join(MACHINES)}, not {platform.machine()}")
    number = _CALL_NUMBERS[name][MACHINES.index(platform.machine())]
    return _checked(name, _libc.syscall(ctypes.c_long(number), *map(_word, arguments)))


def _word(argument: Any) -> Any:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(what: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int = 0, third: int = 0) -> int:
    return _checked("prctl", _libc.prctl(option, *map(ctypes.c_ulong, (value, third, 0, 0))))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount `source` on `target`; `kind`, `flags` and `options` are those of mount(2). OSError if it is refused."""
    texts = [text.encode() or None for text in (source, target, kind)]
    result = _libc.mount(*texts, ctypes.c_ulong(flags), options.encode() or None)
    _checked(f"mount {kind or source} on {target}", result)


def unmount(target: str) -> None:
    """Take `target` out of sight at once; it goes for good when nothing uses it."""
    _checked(f"umount {target}", _libc.umount2(target.encode(), MNT_DETACH))


def restrict_mount(target: str, attributes: int, below: bool = True) -> None:
    """Add mount attributes to `target` and, unless `below` is false, to everything mounted below it."""
    attr = struct.pack("QQQQ", attributes, 0, 0, 0)
    try:
        syscall("mount_setattr", AT_FDCWD, target.encode(), AT_RECURSIVE if below else 0, attr, len(attr))
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        raise OSError("a file system of its own needs Linux 5.12 or newer, for mount_setattr") from None


def collapse(start: int, size: int) -> None:
    """Hold this memory in as few, large pages as can be; OSError where this Linux or this memory does not allow it."""
    _checked("madvise", _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), MADV_COLLAPSE))


def clone(namespaces: int) -> int:
    """Fork into new namespaces, without leaving the present ones: 0 in the child, its pid in the parent.

    The child's Python has not run its after-fork hooks: let it fork once more before it runs anybody's code.
    """
    sigchld = 17
    return syscall("clone", namespaces | sigchld, 0, 0, 0, 0)


def set_capabilities(mask: int) -> None:
    """Hold exactly the capabilities in `mask`, permitted and effective, and let a new program inherit none."""
    prctl(PR_CAP_AMBIENT, 4)  # PR_CAP_AMBIENT_CLEAR_ALL
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    syscall("capset", header, struct.pack("6I", low, low, 0, high, high, 0))


def drop_capability_bounds() -> None:
    """Empty the bounding set: no program started later gains a capability."""
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)

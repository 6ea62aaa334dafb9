"""Files that processes hold and that have no name any more: no walk over a folder finds them, and the disk has them.

Such a file lasts as long as a descriptor of it is open, a part of it is in some memory, or a message with its
descriptor waits in a socket.
"""

import os
import stat
from contextlib import suppress

from gdm_grader.sandbox.linux.procfs import PROC

_BLOCK_BYTES = 512  # the unit of st_blocks
_WAITING = b"scm_fds:"  # of a socket: how many descriptors wait in it (Linux 5.6)
File = tuple[int, int]  # device and number


def held(pids: list[int], folder: str, unseen: int) -> int:
    """Return the bytes of all files without a name that the processes hold, on the file system of a folder.

    A descriptor on its way through a socket counts as a file of `unseen` bytes: nobody else can look at it.
    """
    device = os.stat(folder).st_dev
    found: dict[File, int] = {}
    waiting: dict[str, int] = {}
    for pid in pids:
        with suppress(OSError):  # it ended
            _open_files(pid, device, found, waiting)
        with suppress(OSError):
            _mapped_files(pid, device, found)
    return sum(found.values()) + unseen * sum(waiting.values())


def _open_files(pid: int, device: int, found: dict[File, int], waiting: dict[str, int]) -> None:
    for name in os.listdir(f"{PROC}/{pid}/fd"):
        with suppress(OSError):
            path = f"{PROC}/{pid}/fd/{name}"
            entry = os.stat(path)
            if stat.S_ISSOCK(entry.st_mode):
                waiting[os.readlink(path)] = _waiting_in(f"{PROC}/{pid}/fdinfo/{name}")
            elif stat.S_ISREG(entry.st_mode) and entry.st_nlink == 0 and entry.st_dev == device:
                found[entry.st_dev, entry.st_ino] = entry.st_blocks * _BLOCK_BYTES


def _waiting_in(path: str) -> int:
    with open(path, "rb") as info:
        return sum(int(line.removeprefix(_WAITING)) for line in info if line.startswith(_WAITING))


def _mapped_files(pid: int, device: int, found: dict[File, int]) -> None:
    """Add what is in memory; where the file itself cannot be looked at, up to the end of the part that is there."""
    with open(f"{PROC}/{pid}/maps", "rb") as maps:
        for line in maps:
            if not line.endswith(b" (deleted)\n"):
                continue
            span, _, offset, place, number, _ = line.split(maxsplit=5)
            major, minor = (int(part, 16) for part in place.split(b":"))
            if os.makedev(major, minor) != device:
                continue
            start, end = (int(address, 16) for address in span.split(b"-"))
            size = int(offset, 16) + end - start
            with suppress(OSError):  # an ordinary user may not look
                size = os.stat(f"{PROC}/{pid}/map_files/{span.decode()}").st_blocks * _BLOCK_BYTES
            file = device, int(number)
            found[file] = max(found.get(file, 0), size)

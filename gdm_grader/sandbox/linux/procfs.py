"""The processes that a kernel started, all of them, however deep, and the memory that they hold together."""

import os
import signal
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from gdm_grader.sandbox.linux import syscalls

LARGE = 2 << 20  # bytes of a large page
PROC = "/proc"
_FLAGS, _PF_EXITING = 6, 0x4  # the place in /proc/PID/stat, counted from the state; PF_EXITING of Linux
_PAGE_TABLES = ("VmPTE:",)
_FAST, _EXACT = ("RssAnon:", "RssShmem:", "VmSwap:", "VmPTE:"), ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")


def pids_inside(proc: int) -> list[int]:
    """Every process of a pid namespace, by a descriptor of the /proc that was mounted in it."""
    return [int(name) for name in os.listdir(proc) if name.isdigit()]


def below(pid: int, spare: Collection[int] = ()) -> list[int]:
    """Children of `pid`, their children, and so on; a walk over the whole of /proc, 20 microseconds a process.

    What is in `spare` is left out, with all below it.
    """
    children = defaultdict(list)
    for name in filter(str.isdigit, os.listdir(PROC)):
        with suppress(OSError, ValueError, IndexError):
            stat = _read(f"{PROC}/{name}/stat")
            children[int(stat.rpartition(")")[2].split()[1])].append(int(name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        new = [child for child in children[waiting.pop()] if child not in spare]
        found += new
        waiting += new
    return found


def end_below(pid: int, spare: Collection[int] = ()) -> None:
    """Kill below `pid` until nothing is left; `pid` must adopt orphans (PR_SET_CHILD_SUBREAPER) and be the caller.

    What is in `spare`, with all below it, goes on.
    """
    while left := below(pid, spare):
        for how in (signal.SIGSTOP, signal.SIGKILL):  # what is stopped starts nothing new
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, how)
        for process in left:
            with suppress(ChildProcessError):  # not a child of this process, or no longer one
                os.waitpid(process, os.WNOHANG)


def exiting(pid: int) -> bool:
    """Return whether a process has ended or is about to: of a namespace that is being ended /proc shows no more."""
    try:
        flags = _read(f"{PROC}/{pid}/stat").rpartition(")")[2].split()[_FLAGS]
    except OSError:
        return True
    return bool(int(flags) & _PF_EXITING)


def at_most(pids: list[int], proc: int | None = None) -> int:
    """Bytes that the processes hold together, pages that they share counted again for each; 20 microseconds a process.

    `proc` says in which /proc the numbers of the processes hold.
    """
    return sum(_kilobytes(pid, "status", _FAST, proc) or 0 for pid in pids) << 10


def exceed(limit: int, pids: list[int], proc: int | None = None) -> bool:
    """Return whether they hold more than `limit` bytes, each shared page divided among its holders.

    Takes about 10 ms a process.
    """
    total = 0
    for pid in pids:
        total += _exact(pid, proc) << 10
        if total > limit:
            return True
    return False


def private_size() -> int:
    """Bytes of this process's own, which a fork of it shares."""
    return (_kilobytes(os.getpid(), "status", _FAST, None) or 0) << 10


def available() -> float:
    """The part of this machine's memory that can still be given away."""
    sizes = {}
    for line in _read(f"{PROC}/meminfo").splitlines():
        name, _, rest = line.partition(":")
        sizes[name] = int(rest.split()[0])
    return sizes["MemAvailable"] / sizes["MemTotal"]


def oom_kills() -> int:
    """Return how many processes this machine has ended for want of memory, its own or a control group's."""
    for line in _read(f"{PROC}/vmstat").splitlines():
        name, _, count = line.partition(" ")
        if name == "oom_kill":
            return int(count)
    return 0


def _exact(pid: int, proc: int | None) -> int:
    held = _kilobytes(pid, "smaps_rollup", _EXACT, proc)
    if held is None:  # it hides its pages: count them in full
        return _kilobytes(pid, "status", _FAST, proc) or 0
    return held + (_kilobytes(pid, "status", _PAGE_TABLES, proc) or 0)


def sockets(pids: list[int], proc: int | None) -> int:
    """Count the processes' sockets of AF_UNIX: all of a namespace, also those on their way in a message.

    Where the network is the machine's, those on their way are not seen; RLIMIT_NOFILE bounds them.
    """
    if proc is not None:
        return _lines("1/net/unix", proc)
    found = set()
    for pid in pids:
        with suppress(OSError):
            for name in os.listdir(f"{PROC}/{pid}/fd"):
                with suppress(OSError):
                    target = os.readlink(f"{PROC}/{pid}/fd/{name}")
                    if target.startswith("socket:"):
                        found.add(target)
    return len(found)


def _lines(path: str, folder: int) -> int:
    count = 0
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        while part := os.read(file, 1 << 16):
            count += part.count(b"\n")
    finally:
        os.close(file)
    return count


def _kilobytes(pid: int, name: str, fields: tuple[str, ...], proc: int | None) -> int | None:
    try:
        lines = _read(f"{pid}/{name}" if proc is not None else f"{PROC}/{pid}/{name}", proc).splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) for line in lines if line.startswith(fields))


def _read(path: str, folder: int | None = None) -> str:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        return os.read(file, 1 << 16).decode("ascii", errors="replace")
    finally:
        os.close(file)


def data_size() -> int:
    """Return the bytes that count against this process's RLIMIT_DATA now."""
    return (_kilobytes(os.getpid(), "status", ("VmData:",), None) or 0) << 10


def use_large_pages() -> None:
    """Move this process's own memory into pages of 2 MB, where Linux can (6.1 on): a fork copies the list of pages.

    A fork and its end then cost 11 ms instead of 25 with all imported; the move half a second, once.
    """
    for line in Path(f"{PROC}/self/maps").read_text(encoding="utf-8").splitlines():
        span, rights, *_ = line.split(maxsplit=2)
        first, end = (int(address, 16) for address in span.split("-"))
        if rights == "rw-p":
            for start in range(-(-first // LARGE) * LARGE, end - LARGE + 1, LARGE):
                with suppress(OSError):  # no memory of the usual kind, or not in use
                    syscalls.collapse(start, LARGE)


def threads() -> int:
    """Threads of this process as the kernel counts them, Python's and others."""
    return len(os.listdir(f"{PROC}/self/task"))

"""Bound what no limit of the Linux kernel counts, by a look at all of it, twenty times a second.

That is the memory of all processes together where there is no control group, and the disk that a kernel uses where it
has no file system of its own.
"""

import time

from gdm_grader.sandbox.forkserver.cgroup import Cgroup
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import nameless, procfs, tree

PAUSE = 0.05  # seconds between two looks
SOCKET_BYTES = 212_992  # that wait in a socket at most: net.core.wmem_default, which the filter keeps from being raised
_RESERVE = 0.05  # of the machine's memory: below that a kernel that holds half of its own ends
_REST = 2  # an exact count is followed by this many times its own duration without one
_LONG_REST = 10  # the same for a look at what processes hold: a few milliseconds each


class Watchdog:
    """Watches one kernel. `proc`: the /proc of its namespace, None if it has none; `home`: its folder, then.

    What a control group bounds needs no look.
    """

    def __init__(self, pid: int, limits: Limits, proc: int | None, home: str, group: Cgroup | None = None) -> None:
        self.pid, self.limits, self.proc, self.home, self.group = pid, limits, proc, home, group
        self._limit = limits.memory + procfs.private_size()  # what was there before is not the student's
        self._count_again = self._look_again = 0.0

    def look(self) -> str | None:
        """Return what the kernel exceeds: "memory", "processes" or "disk"; None if nothing, OSError if it is gone.

        "memory" also where it holds half of its limit and the machine has hardly any left.
        """
        if self.group is not None:
            full = self.proc is None and self._fills_disk(procfs.below(self.pid))
            return "disk" if full else self.group.exceeded()
        pids = procfs.pids_inside(self.proc) if self.proc is not None else procfs.below(self.pid)
        if len(pids) > 2 * self.limits.processes:
            return "processes"
        if self.proc is None and self._fills_disk(pids):
            return "disk"
        buffers = procfs.sockets(pids, self.proc) * SOCKET_BYTES
        most = procfs.at_most(pids, self.proc) + buffers
        if most > self._limit and self._exceeds(pids, buffers):
            return "memory"
        return "memory" if most > self._limit // 2 and procfs.available() < _RESERVE else None

    def _fills_disk(self, pids: list[int]) -> bool:
        """Return whether its folder, or what it holds without a name, is too large: at most twice the limit in all."""
        if tree.exceeds(self.home, self.limits.files, self.limits.disk):
            return True
        started = time.monotonic()
        if started < self._look_again:
            return False
        exceeds = nameless.held(pids, self.home, self.limits.disk) > self.limits.disk
        self._look_again = time.monotonic() + _LONG_REST * (time.monotonic() - started)
        return exceeds

    def _exceeds(self, pids: list[int], buffers: int) -> bool:
        started = time.monotonic()
        if started < self._count_again:
            return False
        exceeds = procfs.exceed(self._limit - buffers, pids, self.proc)
        self._count_again = time.monotonic() + _REST * (time.monotonic() - started)
        return exceeds

"""Total memory: the kernel's own limits count each process alone, so a look at all of them, twenty times a second."""

import time

from gdm_grader.sandbox import processes
from gdm_grader.sandbox.limits import Limits

PAUSE = 0.05  # seconds between two looks
_RESERVE = 0.05  # of the machine's memory: below that a kernel that holds half of its own ends
_REST = 2  # an exact count is followed by this many times its own duration without one


class Watchdog:
    """Watches one kernel's processes. `proc`: the /proc of its namespace, None if it has none."""

    def __init__(self, pid: int, limits: Limits, proc: int | None) -> None:
        self.pid, self.limits, self.proc = pid, limits, proc
        self._limit = limits.memory + processes.private_size()  # what was there before is not the student's
        self._count_again = 0.0

    def look(self) -> str:
        """What the kernel exceeds: "memory", "processes" or "". OSError if it cannot be seen, or is gone."""
        pids = processes.inside(self.proc) if self.proc is not None else processes.below(self.pid)
        if len(pids) > 2 * self.limits.processes:
            return "processes"
        most = processes.at_most(pids, self.proc)
        if most > self._limit and self._exceeds(pids):
            return "memory"
        return "memory" if most > self._limit // 2 and processes.available() < _RESERVE else ""

    def _exceeds(self, pids: list[int]) -> bool:
        started = time.monotonic()
        if started < self._count_again:
            return False
        exceeds = processes.exceed(self._limit, pids, self.proc)
        self._count_again = time.monotonic() + _REST * (time.monotonic() - started)
        return exceeds

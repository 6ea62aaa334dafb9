"""Ours and peers side by side: one process, one thread, interleaved rounds, the least CPU time of each."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Run = Callable[[], Any]
TURN = 0.03
"""Seconds."""
FLOOR = "the products alone"


@dataclass(frozen=True)
class Work:
    """One piece of work, how we do it, and how others do.

    The ratio is the fastest peer's time over ours and should be at least `target`; or, with `at_most`, ours over the
    peer's and at most `target`. The floor is the arithmetic alone: the same products, and nothing around them.
    """

    name: str
    target: float
    ours: Run
    peers: dict[str, Run]
    at_most: bool = False
    floor: Run | None = None


@dataclass(frozen=True)
class Result:
    """A measurement, in `unit`."""

    work: str
    ours: float
    peer: str
    theirs: float
    target: float
    at_most: bool = False
    unit: str = "ms"
    floor: float | None = None

    @property
    def over_floor(self) -> float | None:
        """Our time over that of the arithmetic alone."""
        return None if self.floor is None else self.ours / self.floor

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs if self.at_most else self.theirs / self.ours

    @property
    def reached(self) -> bool:
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target

    def as_json(self) -> dict[str, Any]:
        return {
            "work": self.work, "ours_ms": self.ours, "peer": self.peer, "peer_ms": self.theirs,
            "ratio": self.ratio, "target": self.target, "at_most": self.at_most, "unit": self.unit,
            "floor_ms": self.floor, "over_floor": self.over_floor,
        }


def spent(run: Run, repeats: int = 1) -> float:
    """Seconds of CPU for one of `repeats` runs."""
    start = time.thread_time()
    for _ in range(repeats):
        run()
    return (time.thread_time() - start) / repeats


def measure(work: Work, seconds: float = 4.0, least: int = 5) -> Result:
    """Rounds in which everybody has a turn, until `seconds` of CPU are spent, but at least `least` rounds.

    A turn is as many runs as fill TURN, so that nobody is measured with caches that the other left cold. CPU time of
    this thread, not the clock on the wall: what other programs take does not count. The least of all turns is taken:
    what others do to the caches of a shared machine only adds to it.
    """
    runs = {"ours": work.ours, **work.peers}
    if work.floor is not None:
        runs[FLOOR] = work.floor
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():                                               # the first call of anything is slow
        run()
    repeats = {name: max(1, round(TURN / spent(run))) for name, run in runs.items()}
    start = time.thread_time()
    while len(times["ours"]) < least or time.thread_time() - start < seconds:
        for name, run in runs.items():
            times[name].append(spent(run, repeats[name]))
    least_times = {name: 1e3 * min(spent) for name, spent in times.items()}
    ours, floor = least_times.pop("ours"), least_times.pop(FLOOR, None)
    best = min(least_times, key=lambda name: least_times[name])
    return Result(work.name, ours, best, least_times[best], work.target, work.at_most, floor=floor)

"""A function over many items in worker processes, where an item that kills its worker costs itself alone."""

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext
from typing import TypeVar

Outcome = TypeVar("Outcome")
Yields = Generator[tuple[str, Outcome | None], None, list[str]]

# One thread a kernel, no progress bars in stored outputs, no window for plots.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TQDM_DISABLE": "1", "MPLBACKEND": "Agg"}


def each(function: Callable[[str], Outcome], items: Iterable[str], workers: int) -> Yields:
    """Yield (item, function(item)) as they are done; None for an item whose worker died twice.

    When a worker dies its pool is lost: what was in flight is tried again, one item at a time.
    """
    waiting = list(items)[::-1]
    suspects: list[str] = []
    while waiting:
        suspects += yield from _until_broken(function, waiting, workers)
    for item in suspects:
        for culprit in (yield from _until_broken(function, [item], 1)):
            yield culprit, None
    return []


def _until_broken(function: Callable[[str], Outcome], waiting: list[str], workers: int) -> Yields:
    """Work `waiting` off from its end; returns what was in flight when a worker died, [] if none did."""
    flying: dict[Future, str] = {}
    with ProcessPoolExecutor(workers, processes(), initializer=_start) as pool:
        while waiting or flying:
            try:
                while waiting and len(flying) < workers:
                    flying[pool.submit(function, waiting[-1])] = waiting[-1]
                    waiting.pop()
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    yield flying.pop(future), outcome
            except BrokenProcessPool:
                return list(flying.values())
    return []


def processes() -> ForkServerContext:
    """Workers fork from a clean process that imported nbgrader once: a new one costs no import."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["gdm_grader.cohort", "gdm_grader.grading"])
    return context


def start_early() -> None:
    """Begin to import what workers need while this process imports what it needs itself."""
    processes()
    forkserver.ensure_running()


def _start() -> None:
    os.environ.update(ENVIRONMENT)

"""A function over many items in worker processes, where an item that kills its worker costs no other item."""

import gc
import multiprocessing
import os
import resource
import signal
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerContext
from typing import TypeVar

import psutil

from gdm_grader.errors import GraderError
from gdm_grader.imports import sentence_for_import
from gdm_grader.sandbox.host.forkserver import ForkServer
from gdm_grader.sandbox.linux.procfs import data_size
from gdm_grader.sandbox.profile import Profile

Item = TypeVar("Item")
Finished = TypeVar("Finished")
Yields = Generator[tuple[Item, Finished | None], None, list[Item]]

# One thread a kernel, no progress bars in stored outputs, no window for plots.
WORKER_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "TQDM_DISABLE": "1", "MPLBACKEND": "Agg"}
MAX_WORKER_BYTES = 1_500 << 20  # of memory that a worker may take beyond what it begins with
MAX_OPEN_FILES = 1_024
MAX_SOCKET_PATH_BYTES = 107  # of Linux
LISTENER = "/pymp-12345678/listener-12345678"  # where multiprocessing puts a socket in the temporary folder
_READY = 1  # an item that waits for a worker, so that none stands idle while the last outcome is recorded
PRELOAD = ["gdm_grader.grading.preload", "gdm_grader.grading.cohort"]


class Pool(ABC):
    """A place where work is done: processes of this machine, or a cluster (gdm_grader.grading.cluster)."""

    lost: tuple[type[Exception], ...] = ()  # what a future raises when its item killed every worker that tried it

    @abstractmethod
    def width(self) -> int:
        """Return how many items are worked on at the same time."""

    @abstractmethod
    def executor(self) -> AbstractContextManager[Executor]:
        """Leaving it with an exception ends what is being worked on."""

    @abstractmethod
    def alone(self) -> "Pool":
        """A pool for one item at a time, to find the one that kills."""


def each(function: Callable[[Item], Finished], items: Iterable[Item], pool: Pool, tries: int = 1) -> Yields:
    """Yield (item, function(item)) as they are done; None for an item whose worker died again and again.

    When a process dies its pool is lost: what was in flight is tried again, one item at a time, `tries` times.
    """
    waiting = list(items)[::-1]
    suspects: list[Item] = []
    while waiting:
        suspects += yield from _until_broken(function, waiting, pool)
    for item in suspects:
        broken = [item]
        for _ in range(tries):
            broken = broken and (yield from _until_broken(function, broken, pool.alone()))
        if broken:
            yield item, None
    return []


def _until_broken(function: Callable[[Item], Finished], waiting: list[Item], pool: Pool) -> Yields:
    """Work through `waiting` from its end; return what was in flight when the pool broke, [] if it did not."""
    flying: dict[Future, Item] = {}
    try:
        with pool.executor() as executor:
            while waiting or flying:
                while waiting and len(flying) < pool.width() + _READY:
                    flying[executor.submit(_told, function, waiting[-1])] = waiting[-1]
                    waiting.pop()
                for future in wait(flying, return_when=FIRST_COMPLETED).done:
                    outcome = None if isinstance(future.exception(), pool.lost) else future.result()
                    yield flying.pop(future), outcome
    except BrokenProcessPool:
        return list(flying.values())
    return []


def _told(function: Callable[[Item], Finished], item: Item) -> Finished:
    """Call the function in a worker, where the traceback shows that a package is broken: it does not travel."""
    try:
        return function(item)
    except Exception as error:
        from gdm_grader.grading import preload

        sentence = preload.broken or sentence_for_import(error)
        if sentence is None:
            raise
        raise GraderError(sentence) from error


@dataclass(frozen=True)
class Processes(Pool):
    """Worker processes of this machine."""

    workers: int
    prepare: Callable[[], None] | None = None  # called once in each worker

    def width(self) -> int:
        """Return how many processes there are."""
        return self.workers

    def alone(self) -> "Processes":
        """Return a pool of one process, to find the item that kills it."""
        return Processes(1, self.prepare)

    @contextmanager
    def executor(self) -> Iterator[Executor]:
        """Start the worker processes; an exception inside ends what they are working on."""
        context = processes()
        before = set(psutil.Process().children(recursive=True))
        pool = ProcessPoolExecutor(self.workers, context, initializer=_start, initargs=(self.prepare,))
        try:
            try:
                pool.submit(os.getpid).result()
            except BrokenProcessPool:
                raise GraderError("The worker processes could not be started; what they said stands above.") from None
            yield pool
        except BaseException:
            # Ctrl-C: do not wait for notebooks that take minutes. A broken pool: a worker that was started while
            # another one died is never told to end, and shutdown() would wait for it.
            for child in set(psutil.Process().children(recursive=True)) - before:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def check_temporary_folder() -> None:
    """Raise GraderError if the path of a socket in the folder for temporary files would be too long."""
    room = MAX_SOCKET_PATH_BYTES - len(LISTENER)
    temporary = tempfile.gettempdir()
    if len(os.fsencode(temporary)) > room:
        raise GraderError(f"Expected a folder for temporary files whose path has at most {room} bytes, since sockets "
                          f"are made there, got {temporary}. Set TMPDIR to a shorter one.")


def processes() -> ForkServerContext:
    """Return where workers are forked from: a clean process that has imported nbgrader once, so that none has to."""
    context = get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    forkserver.ensure_running()
    return context


def start_early(profile: Profile) -> ForkServer:
    """Begin to import what kernels and workers need while this process imports what it needs itself."""
    check_temporary_folder()
    fork_server = ForkServer(profile)
    fork_server.begin()
    processes()
    return fork_server


def _start(prepare: Callable[[], None] | None) -> None:
    """A worker leaves Ctrl-C and Ctrl-Z to the grader, and ends with it.

    It works on while the grader stands still: to a test the time in between would be its own. By handlers, which its
    kernels do not inherit.
    """
    os.environ.update(WORKER_ENVIRONMENT)
    gc.freeze()  # half a million objects of what is imported: nothing of it ever becomes garbage
    limit_worker()
    if prepare:
        prepare()
    for number in (signal.SIGINT, signal.SIGTSTP):
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def limit_worker() -> None:
    """Bound this process for good: tests compute with what a student's code gave back.

    What is larger is an error of that one test (MemoryError, or RuntimeError of torch), not the end of the machine.
    """
    memory = data_size() + MAX_WORKER_BYTES
    for kind, value in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
                        (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
        os._exit(1)

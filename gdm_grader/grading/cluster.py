"""Grading on a Dask cluster: the same function as on one machine, on workers that see the same folders."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gdm_grader.errors import InputError
from gdm_grader.grading.workers import WORKER_ENVIRONMENT, Pool

SAME_PACKAGES = ("gdm-grader", "gdm-lib", "nbgrader", "torch")
FIRST_WORKER_SECONDS = 30  # until then one must be there


class Cluster(Pool):
    """The workers of the scheduler at `address`, each with one thread: nbgrader is not safe in several."""

    def __init__(self, address: str, needs: list[Path]) -> None:
        try:
            from distributed import Client, KilledWorker
        except ImportError:
            raise InputError("Grading on a cluster needs Dask: run `pip install 'gdm-grader[cluster]'`.") from None
        self.lost = (KilledWorker,)
        try:
            self.client = Client(address, timeout=FIRST_WORKER_SECONDS, set_as_default=False)
            self.client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
        except (OSError, ValueError) as error:
            raise InputError(f"Expected a Dask scheduler with workers at {address}: {error}.") from None
        problems = self._obstacles(needs)
        if problems:
            self.client.close()
            raise InputError("\n".join(problems))

    def _obstacles(self, needs: list[Path]) -> list[str]:
        """Return what keeps workers from grading as this machine would."""
        here = _versions()
        found = []
        for worker, threads in sorted(self.client.nthreads().items()):
            if threads != 1:
                found.append(f"{worker}: expected a worker with one thread (dask worker --nthreads 1), got {threads}.")
        for worker, (versions, missing) in sorted(self.client.run(_look, needs).items()):
            found += [f"{worker}: expected to see {path}; share the folder under the same path." for path in missing]
            found += [f"{worker}: expected {package} {here[package]} as here, got {versions.get(package)}."
                      for package in here if versions.get(package) != here[package]]
        return found

    def width(self) -> int:
        """Return how many workers there are now: they come and go."""
        return max(1, len(self.client.nthreads()))

    def alone(self) -> "Cluster":
        """Return this pool: a scheduler finds out itself which item kills its workers."""
        return self

    @contextmanager
    def executor(self) -> Iterator[Executor]:
        """Submit to the cluster's workers."""
        executor = self.client.get_executor(pure=False)
        try:
            yield Prepared(executor)
        finally:
            executor.shutdown(wait=False)

    def close(self) -> None:
        self.client.close()


class Prepared(Executor):
    """Runs each call in the environment that a worker process of this machine has."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def submit(self, function: Callable, /, *arguments: Any, **options: Any) -> Any:
        return self.executor.submit(_prepared, function, *arguments, **options)


def _prepared(function: Callable, *arguments: Any) -> Any:
    os.environ.update(WORKER_ENVIRONMENT)
    return function(*arguments)


def _versions() -> dict[str, str]:
    found = {}
    for package in SAME_PACKAGES:
        with suppress(PackageNotFoundError):  # a course may have no library
            found[package] = version(package)
    return found


def _look(needs: list[Path]) -> tuple[dict[str, str], list[Path]]:
    """On a worker: its versions, and which of the paths it does not see."""
    return _versions(), [path for path in needs if not path.exists()]

"""Which mutants of a solution the tests of its task kill, and which are known to change nothing."""

import signal
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import torch

from tools.mutation.mutants import Mutant, mutants
from tools.sheet import SOLUTIONS, Sheet

LIMIT = 3  # seconds; the tests of a task take milliseconds
SEED = 0


class Overtime(BaseException):
    """Not an Exception: a test cell's failure must not swallow it."""


@dataclass(frozen=True)
class Equivalent:
    """A mutant that does the same as the solution, and why."""

    task: str
    was: str
    becomes: str
    because: str


@dataclass(frozen=True)
class Outcome:
    """The mutants of one task: how many there are, and those that lost no points."""

    task: str
    mutants: int
    survivors: list[Mutant]


def outcome(sheet: Sheet, task: str) -> Outcome:
    """Make every mutant of the solution of a task and run the visible and hidden tests on each."""
    made = mutants(sheet.solutions[task])
    return Outcome(task, len(made), [mutant for mutant in made if not killed(sheet, task, mutant.source)])


def killed(sheet: Sheet, task: str, source: str) -> bool:
    """A mutant that does not compile, does not end, or loses a point is dead."""
    try:
        with time_limit(LIMIT):
            return bool(sheet.lost_in(sheet.space(source), task, SEED))
    except (Exception, Overtime):
        return True
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise Overtime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@cache
def equivalents(name: str) -> list[Equivalent]:
    """Those listed beside the catalogue of an assignment, in equivalent.toml."""
    path = SOLUTIONS / name / "catalogue" / "equivalent.toml"
    if not path.is_file():
        return []
    return [Equivalent(**entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]]


def is_equivalent(name: str, task: str, mutant: Mutant) -> bool:
    return any((known.task, known.was, known.becomes) == (task, mutant.was, mutant.becomes)
               for known in equivalents(name))

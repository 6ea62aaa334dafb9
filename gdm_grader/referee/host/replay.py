"""A test cell once more, with the instructor's code in place of the student's, in this process."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gdm_grader.course.assignment import Assignment
from gdm_grader.errors import CourseError
from gdm_grader.referee.host import test_cell
from gdm_grader.referee.host.calls import Call, Recorder, alike
from gdm_grader.referee.seeding import inputs_key

SECONDS = 5.0  # that one run of a test cell may take


@dataclass(frozen=True)
class Replay:
    """The calls that a test cell made, and the error and the line at which it failed, ("", "") and 0 if it passed."""

    calls: tuple[Call, ...]
    words: tuple[str, str]
    line: int


@lru_cache(1024)
def replay(assignment: Assignment, source: str, label: str, key: int) -> Replay:
    """What the test cell says of this answer, on the inputs of the submission with this key."""
    space, recorder = dict(_trusted(assignment.setup)), Recorder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(_compiled(source), space)
    for name in assignment.names:
        if callable(function := space.get(name)):
            space[name] = _observed(name, function, recorder)
    cell = assignment.released[label]
    verdict = test_cell.run(label, cell.source, cell.metadata.nbgrader.points, space, inputs_key(key, label), SECONDS)
    return Replay(tuple(recorder.calls), test_cell.words(verdict.error) if verdict.error else ("", ""), verdict.line)


def changes_arguments(assignment: Assignment, label: str, key: int) -> bool:
    """Whether the instructor's own solution does: then it is asked for."""
    calls = replay(assignment, assignment.solutions.get(assignment.task_of(label), ""), label, key).calls
    return any(call.left and not alike(call.given, call.left) for call in calls)


def trusted(setup: tuple[str, ...]) -> dict[str, Any]:
    """The names that the instructor's own cells give to the tests; CourseError if a cell fails."""
    space: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(setup):
        verdict = test_cell.run(f"setup {number}", source, 0, space, 0, 60)
        if verdict.error is not None:
            raise CourseError(f"the assignment's own cell failed: {' '.join(test_cell.words(verdict.error))}")
    return space


_trusted = lru_cache(4)(trusted)


@lru_cache(1024)
def _compiled(source: str) -> Any:
    return compile(source, "<answer>", "exec")


def _observed(name: str, function: Callable, recorder: Recorder) -> Callable:
    return lambda *arguments, **named: recorder.observed(name, function, arguments, named)

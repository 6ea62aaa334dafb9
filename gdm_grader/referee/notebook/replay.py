"""A test cell once more, with the instructor's code in place of the student's, in this process."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gdm_grader.course import code
from gdm_grader.course.assignment import Assignment
from gdm_grader.referee.host import test_cell
from gdm_grader.referee.host.calls import Call, Recorder, alike
from gdm_grader.referee.notebook.setup import beside, solved
from gdm_grader.referee.seeding import inputs_key

MAX_CELL_SECONDS = 5.0  # of one run of a test cell
MAX_REPLAYS = 4_096  # kept: (answers of a task) x (its test cells), for a few assignments


@dataclass(frozen=True)
class Replay:
    """The calls that a test cell made, and the error (type, words) with the line at which it failed, if it did."""

    calls: tuple[Call, ...]
    words: tuple[str, str] | None
    line: int | None


@lru_cache(MAX_REPLAYS)
def replay(assignment: Assignment, source: str, label: str, key: int) -> Replay:
    """Run the test cell on this answer, on the inputs of the submission with this key."""
    space, recorder = dict(solved(assignment)), Recorder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(_compiled(source), space)
    for name in assignment.names:
        if callable(function := space.get(name)):
            space[name] = _observed(name, function, recorder)
    cell = assignment.released[label]
    points, number = cell.metadata.nbgrader.points, inputs_key(key, label)
    with beside(assignment.files):
        verdict = test_cell.run(label, cell.source, points, space, number, MAX_CELL_SECONDS)
    if verdict.error is None:
        return Replay(tuple(recorder.calls), None, None)
    return Replay(tuple(recorder.calls), test_cell.words(verdict.error), verdict.line)


def changes_arguments(assignment: Assignment, label: str, key: int) -> bool:
    """Tell if the instructor's own solution changes its arguments: then it is asked for."""
    try:
        calls = replay(assignment, assignment.solutions.get(assignment.task_of(label), ""), label, key).calls
    except Exception:  # a solution that does not run here says nothing, and costs nobody points
        return False
    return any(call.left and not alike(call.given, call.left) for call in calls)


@lru_cache(1024)
def _compiled(source: str) -> Any:
    return compile(code.without_magics(source), "<answer>", "exec")


def _observed(name: str, function: Callable, recorder: Recorder) -> Callable:
    return lambda *arguments, **named: recorder.observed(name, function, arguments, named)

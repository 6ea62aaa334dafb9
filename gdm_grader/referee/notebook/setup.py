"""The names that the instructor's own cells give to the tests, in the grader's process."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from gdm_grader.course import code
from gdm_grader.course.assignment import Assignment
from gdm_grader.referee.host import test_cell

MAX_SETUP_SECONDS = 60.0  # of one cell
MAX_SOLUTION_SECONDS = 5.0


@contextmanager
def beside(files: Mapping[str, bytes]) -> Iterator[None]:
    """Work in a folder that holds these files, as a notebook does; where there are none, stay."""
    if not files:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="gdm-") as folder:
        for path, content in files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        with chdir(folder):
            yield


def trusted(assignment: Assignment) -> tuple[dict[str, Any], dict[str, str]]:
    """Run the instructor's cells that need no answer; return their names, and by name why one is missing.

    Magics are left out. A cell that uses what an answer defines is run at its place, with the student's answer.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    lost: dict[str, str] = {}
    answered = set(assignment.names)
    for number, source in enumerate(assignment.setup):
        text = code.without_magics(source)
        tree = code.parsed(text)
        names = code.given(text)
        if code.used(tree) & answered:
            answered.update(names)
            continue
        _run(f"setup {number}", text, names, space, lost, MAX_SETUP_SECONDS)
    for label, source in assignment.solutions.items():
        for statement in code.import_statements(source):
            names = code.given(statement)
            _run(f"imports of {label}", statement, names, space, lost, MAX_SETUP_SECONDS)
    return space, lost


def _run(label: str, source: str, names: list[str], space: dict[str, Any], lost: dict[str, str], seconds: float
         ) -> None:
    verdict = test_cell.run(label, source, 0, space, 0, seconds)
    if verdict.error is not None:
        lost.update(dict.fromkeys(names, " ".join(test_cell.words(verdict.error))))


@lru_cache(8)
def solved(assignment: Assignment) -> dict[str, Any]:
    """Return the names of the notebook in which the instructor's solutions were run, for this process alone."""
    with beside(assignment.files):
        space, _ = trusted(assignment)
        for label, source in assignment.solutions.items():
            test_cell.run(label, code.without_magics(source), 0, space, 0, MAX_SOLUTION_SECONDS)
    return space

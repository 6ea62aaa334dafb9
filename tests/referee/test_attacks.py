"""Students' code tries to get points, to read what is hidden, or to stop the grading."""

import time

import nbformat
import pytest

from gdm_grader.authoring.leaks import secret_lines
from gdm_grader.course.cells import label_of
from gdm_grader.course.places import INSIDE, Place
from gdm_grader.intake.submission import read_submission
from tests.attacks import corpus

from .conftest import assignment_of, course_of, notebook, points_of
from .test_notebook_run import CAUSAL

CASES = []
for kind in corpus.KINDS:
    CASES += [pytest.param(kind, name, id=f"{kind}-{name}") for name in corpus.names(kind)]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_an_attack_gains_nothing(kind, name, examined, tmp_path, monkeypatch, record_property):
    monkeypatch.setenv("GDM_SECRET", "of-the-grader")
    assignment = corpus.assignment(kind, name)
    course, sheet = course_of(), assignment_of(assignment)
    release = nbformat.read(course.release(assignment), as_version=4)
    text = corpus.submission(kind, name, sheet, release)
    (tmp_path / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
    started = time.monotonic()
    result = examined(assignment, read_submission(tmp_path, assignment), patience=6)
    assert time.monotonic() - started < 90
    record_property("says", next(filter(None, [*result.remarks, *map(result.says, result.scores)]), ""))
    record_property("points", sum(result.scores.values()))
    assert secrets(course, assignment, shown(result)) == []
    assert result.scores.keys() == points_of(assignment).keys()
    assert result.lost(assignment) == CAUSAL if kind == "crash" else sum(result.scores.values()) == 0
    assert result.remarks or any(map(result.says, result.scores))


@pytest.mark.parametrize(("kind", "name"), [case for case in CASES if case.values[0] != "crash"])
def test_an_attack_on_tests_inside_gains_no_point_outside(kind, name, examined, tmp_path, monkeypatch, record_property):
    """Every other test cell runs inside. Their own points rest on the student's word: how many is recorded."""
    monkeypatch.setenv("GDM_SECRET", "of-the-grader")
    assignment = corpus.assignment(kind, name)
    course, sheet = course_of(), assignment_of(assignment)
    text = corpus.submission(kind, name, sheet, course.read_release(assignment))
    (tmp_path / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
    inside = {label: Place(INSIDE, "") for label in list(points_of(assignment))[::2]}
    result = examined(assignment, read_submission(tmp_path, assignment), patience=6, places=inside)
    outside = {label: score for label, score in result.scores.items() if label not in inside}
    record_property("inside", sum(score for label, score in result.scores.items() if label in inside))
    assert sum(outside.values()) == 0, outside
    assert outside
    assert secrets(course, assignment, shown(result)) == []


def secrets(course, assignment, text) -> list[str]:
    """Lines of hidden tests, solutions and the catalogue; nbgrader's own manual has the marks of hidden tests, too."""
    lines = [line for line in secret_lines(course, assignment) if not line.startswith(("###", "import"))]
    return [line for line in [*lines, "of-the-grader"] if line in text]


def shown(result) -> str:
    """All that a submission shows, without the sources of its cells."""
    return "\n".join(str(cell.get("outputs", "")).replace("\\n", "\n") + str(cell.metadata.get("gdm"))
                     for cell in result.nb.cells) + "\n".join(result.remarks)


def test_after_all_that_a_right_notebook_gets_all_points(examined):
    result = examined("masks", notebook("masks"))
    assert (result.scores, result.remarks) == (points_of("masks"), [])
    assert all(label_of(cell) != "attack" for cell in result.nb.cells)

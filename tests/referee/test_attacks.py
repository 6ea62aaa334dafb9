"""Students' code tries to get points, to read what is hidden, or to stop the grading."""

import time
from dataclasses import dataclass
from functools import partial

import nbformat
import pytest

from gdm_grader.authoring import release
from gdm_grader.authoring.leaks import secret_lines
from gdm_grader.course import assignment as assignments
from gdm_grader.course.cells import is_test, label_of
from gdm_grader.course.course import Course
from gdm_grader.course.places import INSIDE, Place
from gdm_grader.grading.grade import grade
from gdm_grader.grading.workers import Processes, each
from gdm_grader.intake.submission import read_submission
from gdm_grader.records.results import Graded
from gdm_grader.sandbox.host.forkserver import lend
from gdm_grader.sandbox.isolation import Isolation
from tests.attacks import corpus

from .conftest import Result, assignment_of, course_of, notebook, points_of
from .test_notebook_run import CAUSAL

CASES, ELSEWHERE = [], []
for kind in corpus.KINDS:
    for name in corpus.names(kind):
        cases = ELSEWHERE if corpus.assignment(kind, name) == corpus.ELSEWHERE else CASES
        cases.append(pytest.param(kind, name, id=f"{kind}-{name}"))
NOTEBOOK_SECONDS = 10.0
ENDLESS = 300.0  # seconds, for a busy machine too


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
    assert time.monotonic() - started < ENDLESS
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


@dataclass(frozen=True)
class Elsewhere:
    """A course whose tests are written in other ways than ours, and a worker that grades in it."""

    course: Course
    worker: Processes

    def graded(self, text: str) -> Graded | None:
        """Grade a notebook as a class's worker does; None if that ended the worker."""
        folder = self.course.submitted / "attacker" / corpus.ELSEWHERE
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{corpus.ELSEWHERE}.ipynb").write_text(text, encoding="utf-8")
        work = partial(grade, course=self.course, name=corpus.ELSEWHERE, isolation=Isolation.NAMESPACES,
                       wall_seconds=NOTEBOOK_SECONDS)
        (_, found), = each(work, ["attacker"], self.worker)
        return found


@pytest.fixture(scope="module")
def elsewhere(fork_server, tmp_path_factory):
    root = tmp_path_factory.mktemp("elsewhere") / "course"
    corpus.elsewhere(root)
    course = Course.find(start=root)
    release.release(course, corpus.ELSEWHERE)
    return Elsewhere(course, Processes(1, partial(lend, fork_server.control)))


@pytest.mark.parametrize(("kind", "name"), ELSEWHERE)
def test_an_attack_on_tests_that_others_write_gains_nothing(kind, name, elsewhere, record_property):
    sheet = assignments.read(elsewhere.course, corpus.ELSEWHERE)
    text = corpus.submission(kind, name, sheet, elsewhere.course.read_release(corpus.ELSEWHERE))
    found = elsewhere.graded(text)
    if found is None:  # its own student is not graded, and nobody else is concerned
        assert corpus.may_end_its_worker(kind, name)
        return
    assert found.broken is None, found.fault
    result = Result(found.scores, found.diagnoses, nbformat.reads(found.notebooks[corpus.ELSEWHERE], as_version=4))
    record_property("says", next(iter(found.remarks), ""))
    record_property("points", sum(found.scores.values()))
    assert secrets(elsewhere.course, corpus.ELSEWHERE, shown(result)) == []
    full = {label: cell.metadata.nbgrader.points for label, cell in sheet.released.items() if is_test(cell)}
    lost = {label for label, score in found.scores.items() if score != full[label]}
    assert lost == ({f"test_{corpus.task(kind, name, sheet)}"} if kind == "crash" else set(full))


def test_the_right_answers_get_all_points_elsewhere(elsewhere):
    found = elsewhere.graded(nbformat.writes(elsewhere.course.read_source(corpus.ELSEWHERE)))
    assert found is not None
    assert set(found.scores.values()) == {1.0}


def secrets(course, assignment, text) -> list[str]:
    """Lines of hidden tests, solutions and the catalogue; nbgrader's own manual has the marks of hidden tests, too."""
    lines = [line for line in secret_lines(course, assignment) if not line.startswith(("###", "import"))]
    return [line for line in [*lines, "of-the-grader", corpus.CARRIED] if line in text]


def shown(result) -> str:
    """All that a submission shows, without the sources of its cells."""
    return "\n".join(str(cell.get("outputs", "")).replace("\\n", "\n") + str(cell.metadata.get("gdm"))
                     for cell in result.nb.cells) + "\n".join(result.remarks)


def test_after_all_that_a_right_notebook_gets_all_points(examined):
    result = examined("masks", notebook("masks"))
    assert (result.scores, result.remarks) == (points_of("masks"), [])
    assert all(label_of(cell) != "attack" for cell in result.nb.cells)

"""For tests of the grader: a copy of the tiny course, hand-ins, grading without a sandbox, gdm itself."""

import shutil
from pathlib import Path

import nbformat
import pytest
from rich.console import Console
from typer.testing import CliRunner

from gdm_grader.authoring import demo, release
from gdm_grader.cli import app
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.grading import cohort, digest
from gdm_grader.records import write
from gdm_grader.sandbox.isolation import Isolation
from tests.courses.tiny import make_course
from tools.bench import stand_in as stand_in_module
from tools.platforms import HandIn
from tools.platforms.sample import PEOPLE, RICK


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """The tiny course with its release, made once; for tests that change nothing in it."""
    course = make_course(tmp_path_factory.mktemp("course"))
    release.release(course, "tiny")
    return course


@pytest.fixture
def course(released, tmp_path):
    """A copy of the tiny course for one test."""
    shutil.copytree(released.root, tmp_path, dirs_exist_ok=True)
    return Course.find(start=tmp_path)


@pytest.fixture
def catalogue_folder(released):
    return released.source("tiny").parent / "catalogue"


@pytest.fixture
def copy_of():
    """Copy a file beside itself and return the copy's path."""
    def copy(path: Path, name: str) -> Path:
        return Path(shutil.copy(path, path.with_name(name)))
    return copy


@pytest.fixture
def stand_in(monkeypatch):
    """Grading without a kernel: the answers are looked up in the catalogue."""
    stand_in_module.replace_grading(monkeypatch.setattr)


@pytest.fixture
def hand_in(course):
    """hand_in("ann", double=1, total=0): the answer of that place in the catalogue; what is not named stays blank."""
    release_notebook = nbformat.read(course.release("tiny"), as_version=4)
    answers = catalogue.load(course.source("tiny").parent / "catalogue")

    def write(student: str, **places: int) -> None:
        nb = demo.filled(release_notebook, {task: answers[task][place].source for task, place in places.items()})
        folder = course.submitted / student / "tiny"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, folder / "tiny.ipynb")
    return write


@pytest.fixture
def notebook(course):
    """A notebook's bytes with these answers of the catalogue."""
    release_notebook = nbformat.read(course.release("tiny"), as_version=4)
    answers = catalogue.load(course.source("tiny").parent / "catalogue")

    def write(**places: int) -> bytes:
        filled = demo.filled(release_notebook, {task: answers[task][place].source for task, place in places.items()})
        return nbformat.writes(filled).encode()
    return write


@pytest.fixture
def hand_ins(notebook):
    """Four of the sample's five hand in, for 6, 3, 0 and 6 points; one is late."""
    work = [notebook(double=0, total=0), notebook(double=2, total=0), notebook(), notebook(double=1, total=0)]
    return [HandIn(person, {"tiny.ipynb": data}, late=person is RICK, upload=60001 + 10 * place)
            for place, (person, data) in enumerate(zip(PEOPLE, work, strict=False))]


@pytest.fixture
def grade(course):
    """Record what the stand-in gives to whatever is to be graded, without workers; returns who was."""
    def run() -> list[str]:
        students, digests = cohort.to_grade(course, "tiny"), digest.digests(course, "tiny")
        write.prepare_gradebook(course, "tiny")
        for student in students:
            graded = stand_in_module.grade(student, course, "tiny", seed=7, isolation=Isolation.OPEN)
            write.record(course, "tiny", graded, digests[student])
        return students
    return run


@pytest.fixture
def grade_class(course, stand_in):
    """The whole way, with workers, and with the stand-in in the place of a kernel; returns who was graded."""
    def run(**options) -> list[str]:
        students = cohort.to_grade(course, "tiny")
        cohort.grade_class(course, "tiny", students, 2, Console(quiet=True), **options)
        return students
    return run


@pytest.fixture
def gdm(monkeypatch):
    """Run gdm in a course's folder; returns its exit status and its output on one line."""
    def run(course, *arguments):
        monkeypatch.chdir(course.root)
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return result.exit_code, " ".join(result.output.split())
    return run


@pytest.fixture
def small_class(hand_in, course):
    """Four students: all right, one slip, a blank notebook, and one that is not a notebook."""
    hand_in("ann", double=0, total=0)
    hand_in("bob", double=2, total=0)
    hand_in("cid")
    (course.submitted / "dora" / "tiny").mkdir(parents=True)
    (course.submitted / "dora" / "tiny" / "tiny.ipynb").write_text("<b>not</b> a notebook")
    return {"ann": 6, "bob": 3, "cid": 0, "dora": 0}

"""The demonstration class is made from the catalogue, and never in the place of a real one."""

import json

import nbformat
import pytest

from gdm_grader.authoring import demo, release
from gdm_grader.course import catalogue
from gdm_grader.course.cells import label_of
from gdm_grader.errors import GraderError
from gdm_grader.records.results import Graded
from gdm_grader.records.write import prepare_gradebook, record


def test_it_has_right_wrong_unfinished_and_broken_submissions(course):
    students = demo.make(course, "tiny")
    assert len(students) >= 12
    assert students == course.students("tiny")
    assert {"right-way-1", "right-way-2", "blank", "slip-double", "slips-everywhere", "raises", "never-ends",
            "ignores-interrupts", "not-json", "no-notebook"} <= set(students)


def test_answers_stand_in_their_own_cells(course):
    demo.make(course, "tiny")
    nb = nbformat.read(course.submitted / "slip-double" / "tiny" / "tiny.ipynb", as_version=4)
    answers = catalogue.load(course.source("tiny").parent / "catalogue")
    sources = {label_of(cell): cell.source for cell in nb.cells}
    assert sources["double"] == answers["double"][2].source
    assert sources["total"] == answers["total"][0].source


def test_making_it_again_touches_nothing(course):
    demo.make(course, "tiny")
    before = {path: path.stat().st_mtime_ns for path in course.submitted.rglob("*.ipynb")}
    demo.make(course, "tiny")
    assert {path: path.stat().st_mtime_ns for path in course.submitted.rglob("*.ipynb")} == before


def test_a_real_class_is_left_alone(course):
    work = course.submitted / "someone" / "tiny" / "tiny.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("{}")
    with pytest.raises(GraderError, match="Name another folder with --class"):
        demo.make(course, "tiny")
    assert work.read_text() == "{}"


def test_a_task_that_the_notebook_does_not_ask_is_refused(course):
    (course.source("tiny").parent / "catalogue" / "triple.py").write_text('@right("a")\ndef triple(x): ...\n')
    with pytest.raises(GraderError, match="found none for triple"):
        demo.make(course, "tiny")


def test_it_starts_anew_when_the_cells_changed_and_a_real_class_is_refused(course):
    demo.make(course, "tiny")
    prepare_gradebook(course, "tiny")
    record(course, "tiny", Graded("blank", broken="a test"), digest="")
    text = course.source("tiny").read_text()
    course.source("tiny").write_text(json.dumps(json.loads(text.replace("test_double_zero", "test_double_nothing"))))
    with pytest.raises(GraderError, match="cells were added, removed or renamed"):
        prepare_gradebook(course, "tiny")
    release.release(course, "tiny")
    demo.make(course, "tiny")
    assert not course.gradebook.exists()
    prepare_gradebook(course, "tiny")

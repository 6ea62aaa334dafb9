"""The demonstration class is made from the catalogue, and never in the place of a real one."""

from collections import Counter
from contextlib import suppress

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from gdm_grader.authoring import demo, release
from gdm_grader.authoring.example import demo_class
from gdm_grader.course import catalogue
from gdm_grader.course.cells import label_of
from gdm_grader.errors import GraderError
from gdm_grader.records import gradebook, names
from gdm_grader.records.late import lateness
from gdm_grader.records.points import class_points


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


def test_answers_in_words_are_the_solution_a_part_of_it_and_nothing_of_use_and_some_have_none(course):
    path = course.source("tiny")
    nb = nbformat.read(path, as_version=4)
    marks = {"cell_type": "markdown", "schema_version": 3, "grade_id": "words", "grade": True, "solution": True,
             "locked": False, "task": False, "points": 1}
    scheme = "### BEGIN MARK SCHEME\n1 point: why.\n### END MARK SCHEME"
    nb.cells.append(new_markdown_cell(f"It doubles. Twice is\nenough.\n\n{scheme}", id="words",
                                      metadata={"nbgrader": marks}))
    nbformat.write(nb, path)
    release.release(course, "tiny")
    demo_class.make(course, "tiny", 60)
    found = Counter()
    for path in course.submitted.rglob("*.ipynb"):
        with suppress(nbformat.reader.NotJSONError):
            found.update([nbformat.read(path, as_version=4).cells[-1].source])
    whole, part = "It doubles. Twice is enough.", "It doubles."
    assert set(found) == {whole, part, demo_class.NO_IDEA, "YOUR ANSWER HERE"}
    assert all(number > 5 for number in found.values())


def test_a_class_of_many_looks_like_a_class_and_is_the_same_each_time(course, grade):
    students = demo_class.make(course, "tiny", 60)
    assert len(students) == len(set(students)) == 60
    before = {path: path.read_bytes() for path in course.submitted.rglob("*") if path.is_file()}
    assert demo_class.make(course, "tiny", 60) == students
    assert {path: path.read_bytes() for path in course.submitted.rglob("*") if path.is_file()} == before
    grade()
    names.put(course)
    totals = [sum(own.values()) for own in class_points(course, "tiny").students.values()]
    assert sum(totals) / len(totals) > 3  # most of the six points
    assert set(totals) == {0, 3, 6}
    late = lateness(course, "tiny")
    assert all(one.known for one in late.values())
    assert 1 <= sum(one.days > 0 for one in late.values()) <= 12
    assert sum(one.extended for one in late.values()) == 1
    assert len({person.full for person in names.load(course).values()}) == 60
    with gradebook.open_gradebook(course) as book:
        assert {row.last_name for row in gradebook.submissions(book, "tiny")} <= set(demo_class.LAST)

"""The catalogue through nbgrader itself, submission by submission, as a class is graded.

A notebook takes seconds to grade, so one submission carries answer k of every task. Its
points can still be told apart: nbgrader keeps them by test cell, and the tests of a task use no other
graded function (test_sheet.py holds them to that). The usual run grades one row of right answers and one of wrong
ones; with GDM_EVERY_ANSWER=1 all of them, which takes minutes.
"""

import os
from functools import cache, partial
from itertools import zip_longest

import nbformat
import pytest
from nbgrader.api import Gradebook

from gdm_grader import demo, grading
from gdm_grader.course import Course, sqlite
from gdm_grader.record import open_gradebook, record
from gdm_grader.release import convert
from gdm_grader.workers import Processes, each
from tests.assignments.sheet import read_answers, read_sheet

WORKERS = 2
SAMPLE = 1  # rows of right and of wrong answers


@pytest.fixture
def rows(name):
    return rows_of(name)


@cache
def rows_of(name):
    """The submissions: which answer stands in which task. Where a task has no answer left, its solution stands."""
    kinds = {kind: [[answer for answer in given if answer.kind == kind] for given in read_answers(name).values()]
             for kind in ("right", "wrong")}
    most = None if os.environ.get("GDM_EVERY_ANSWER") else SAMPLE
    rows = {f"{kind}-{number:02}": {answer.task: answer for answer in row if answer}
            for kind, columns in kinds.items() for number, row in enumerate([*zip_longest(*columns)][:most])}
    return rows | {"solutions": {}}


@pytest.fixture
def scores(name, course, classes):
    """The points of every submission by test cell, out of nbgrader's gradebook."""
    if name not in classes:
        classes[name] = graded_class(name, course, classes["folder"] / name)
    return classes[name]


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    return {"folder": tmp_path_factory.mktemp("classes")}


def graded_class(name, course, room):
    room.mkdir()
    own, sheet = Course(course.root, room), read_sheet(name)
    convert(own, name, room / "release", room / "assignment.db")
    release = nbformat.read(room / "release" / name / f"{name}.ipynb", as_version=4)
    for student, row in rows_of(name).items():
        sources = sheet.solutions | {task: answer.source for task, answer in row.items()}
        hand_in(own, name, student, demo.filled(release, sources))
    hand_in(own, name, "blank", release)
    open_gradebook(own, name)
    grade = partial(grading.grade, course=own, name=name)
    for student, graded in each(grade, own.students(name), Processes(WORKERS)):
        assert graded is not None, f"{student} ended its worker"
        assert not graded.broken, f"{student}: {graded.broken}"
        record(own, name, graded, digest="")
    return from_gradebook(own, name)


def hand_in(course, name, student, notebook):
    folder = course.submitted / student / name
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")


def from_gradebook(course, name):
    with Gradebook(sqlite(course.gradebook)) as book:
        return {submission.student.id: {grade.name: grade.score for grade in submission.notebooks[0].grades}
                for submission in book.assignment_submissions(name)}


def test_an_answer_gets_its_points_and_no_others(sheet, rows, scores):
    """Right ones all, wrong ones all but what the catalogue says; a task without an answer has its solution."""
    for student, row in rows.items():
        for task in sheet.solutions:
            loses = row[task].loses if task in row else {}
            expected = {label: sheet.points[label] - loses.get(label, 0) for label in sheet.tests_of(task)}
            assert {label: scores[student][label] for label in expected} == expected, f"{task} of {student}"


def test_the_solutions_get_twenty_points_and_the_bonus(sheet, scores):
    assert sum(scores["solutions"].values()) == 20 + sum(sheet.points[label] for label in sheet.bonus)


def test_an_unanswered_notebook_gets_none(sheet, scores):
    assert scores["blank"] == dict.fromkeys(sheet.points, 0)

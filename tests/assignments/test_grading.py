"""The catalogue through nbgrader itself, submission by submission, as a class is graded.

A notebook with five tasks takes seconds to grade, so one submission carries answer k of every task. Its
points can still be told apart: nbgrader keeps them by test cell, and the tests of a task use no other
graded function (test_sheet.py holds them to that).
"""

from functools import partial
from itertools import zip_longest

import nbformat
import pytest
from nbgrader.api import Gradebook

from gdm_grader import demo, grading
from gdm_grader.course import Course, sqlite
from gdm_grader.record import open_gradebook, record
from gdm_grader.release import convert
from gdm_grader.workers import each

WORKERS = 2


@pytest.fixture(scope="module")
def rows(sheet, answers):
    """The submissions: which answer stands in which task. Where a task has no answer left, its solution stands."""
    kinds = {kind: [[answer for answer in given if answer.kind == kind] for given in answers.values()]
             for kind in ("right", "wrong")}
    rows = {f"{kind}-{number:02}": {answer.task: answer for answer in row if answer}
            for kind, columns in kinds.items() for number, row in enumerate(zip_longest(*columns))}
    return rows | {"solutions": {}}


@pytest.fixture(scope="module")
def scores(course, sheet, rows, tmp_path_factory):
    """The points of every submission by test cell, out of nbgrader's gradebook."""
    room = tmp_path_factory.mktemp("class")
    own = Course(course.root, room)
    convert(own, "masks", room / "release", room / "assignment.db")
    release = nbformat.read(room / "release" / "masks" / "masks.ipynb", as_version=4)
    for student, row in rows.items():
        sources = sheet.solutions | {task: answer.source for task, answer in row.items()}
        hand_in(own, student, demo.filled(release, sources))
    hand_in(own, "blank", release)
    open_gradebook(own, "masks")
    grade = partial(grading.grade, course=own, name="masks", assignment=room / "assignment.db")
    for student, graded in each(grade, own.students("masks"), WORKERS):
        assert graded is not None, f"{student} ended its worker"
        assert not graded.broken, f"{student}: {graded.broken}"
        record(own, "masks", graded, digest="")
    return from_gradebook(own)


def hand_in(course, student, notebook):
    folder = course.submitted / student / "masks"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "masks.ipynb")


def from_gradebook(course):
    with Gradebook(sqlite(course.gradebook)) as book:
        return {submission.student.id: {grade.name: grade.score for grade in submission.notebooks[0].grades}
                for submission in book.assignment_submissions("masks")}


def test_a_right_answer_gets_all_points(sheet, rows, scores, right):
    student = submission_with(rows, right)
    assert {label: scores[student][label] for label in sheet.tests_of(right.task)} == {
        label: sheet.points[label] for label in sheet.tests_of(right.task)}


def test_a_wrong_answer_loses_exactly_the_points_of_its_task(sheet, rows, scores, wrong):
    student = submission_with(rows, wrong)
    lost = {label: sheet.points[label] - scores[student][label] for label in sheet.tests_of(wrong.task)}
    assert {label: points for label, points in lost.items() if points} == wrong.loses


def test_beside_wrong_answers_a_solution_keeps_its_points(sheet, rows, scores):
    kept = [(student, task) for student, row in rows.items() for task in sheet.solutions if task not in row]
    assert kept
    for student, task in kept:
        for label in sheet.tests_of(task):
            assert scores[student][label] == sheet.points[label], f"{label} in {student}"


def test_the_solutions_get_twenty_points(scores):
    assert sum(scores["solutions"].values()) == 20


def test_an_unanswered_notebook_gets_none(sheet, scores):
    assert scores["blank"] == dict.fromkeys(sheet.points, 0)


def submission_with(rows, answer):
    return next(student for student, row in rows.items() if row.get(answer.task) == answer)

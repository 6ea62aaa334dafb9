"""Answers that a person grades, on the student's page: which of them wait, and by which rubric the others were graded.

Until an answer is graded the page keeps the rubric back: it says what to write, and a student may hand in again.
The rubric of an answer is nbgrader's mark scheme, written into the cell in the instructor's notebook:

    ### BEGIN MARK SCHEME
    1 point for the order, 1 point for the product of conditionals.
    ### END MARK SCHEME
"""

import re
from typing import Any

from nbformat import NotebookNode

from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.records import gradebook

SCHEME = re.compile(r"### BEGIN MARK SCHEME[^\n]*\n(.*?)### END MARK SCHEME", re.DOTALL)


def graded_by_hand(student: str, course: Course, name: str) -> dict[str, Any]:
    """Return the rubrics by cell, and which of this student's cells a person has graded, or has still to grade."""
    waiting, read = [], []
    with gradebook.open_gradebook(course) as book:
        for row in gradebook.grades(book, name, [student]):
            if row.manual_score is not None:
                read.append(row.cell.rpartition("/")[2])
            elif row.auto_score is None:
                waiting.append(row.cell.rpartition("/")[2])
    return {"rubrics": rubrics(course, name), "waiting": waiting, "read": read}


def points_by_hand(student: str, course: Course, name: str) -> float | None:
    """Return the sum of the points that a person gave a student; None if nobody gave any."""
    given = []
    with gradebook.open_gradebook(course) as book:
        for row in gradebook.grades(book, name, [student]):
            if row.manual_score is not None:
                given.append(row.manual_score)
    return sum(given) if given else None


def rubrics(course: Course, name: str) -> dict[str, str]:
    """Return the mark scheme of each cell that has one."""
    found = {}
    cells: list[NotebookNode] = []
    for notebook in course.notebooks(name):
        cells += course.read_source(name, notebook).cells
    for cell in cells:
        scheme = SCHEME.search(cell.source)
        if scheme and label_of(cell):
            found[label_of(cell)] = " ".join(scheme[1].split())
    return found

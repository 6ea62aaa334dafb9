"""Answers that a person grades, on the student's page: which of them wait, and by which rubric the others were graded.

Until an answer is graded the page keeps the rubric back: it says what to write, and a student may hand in again.
The rubric of an answer is nbgrader's mark scheme, written into the cell in the instructor's notebook:

    ### BEGIN MARK SCHEME
    1 point for the order, 1 point for the product of conditionals.
    ### END MARK SCHEME
"""

from nbformat import NotebookNode

from gdm_grader.course.cells import SCHEME, label_of
from gdm_grader.course.course import Course


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

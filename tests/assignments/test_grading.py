"""The solutions and the release through the grader; tests/referee grades every answer of the catalogue."""

import nbformat
import pytest

from gdm_grader.authoring import demo
from gdm_grader.course.course import Course
from gdm_grader.grading import grade


@pytest.fixture
def graded(name, course, tmp_path):
    """Hand in the released notebook with these answers and have it graded."""
    def graded(answers):
        own = Course(course.root, tmp_path)
        path = own.submitted / "student" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(demo.filled(nbformat.read(course.release(name), as_version=4), answers), path)
        result = grade.grade("student", own, name, seed=1)
        assert not result.broken, result.broken
        return result
    return graded


def test_the_solutions_get_all_points(sheet, graded):
    assert graded(sheet.solutions).scores == sheet.points | dict.fromkeys(sheet.written, 0)


def test_an_unanswered_notebook_gets_none_and_says_what_is_missing(sheet, name, graded):
    result = graded({})
    assert result.scores == dict.fromkeys([*sheet.points, *sheet.written], 0)
    said = result.notebooks[name].count("NotImplementedError: Replace this line with your answer.")
    assert said >= len(sheet.tests)

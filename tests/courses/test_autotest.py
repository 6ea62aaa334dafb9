"""AUTOTEST lines: what nbgrader made of them is graded, and nothing else; `make courses` has nbgrader make it."""

import pytest
from nbformat.v4 import new_notebook

from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course import assignment as assignments
from gdm_grader.course import places
from gdm_grader.course.course import Course
from gdm_grader.errors import CourseError
from tests.courses import sheets
from tests.courses.sheets import cell

MADE = 'assert str(twice(2)) == """4""", "value of twice(2) is not correct"'


@pytest.mark.parametrize("line", ["### AUTOTEST twice(2)", "### HASHED AUTOTEST twice(2)"])
def test_autotest_lines_are_never_taken_for_comments(tmp_path, line):
    cells = [cell("solution", ["twice"], "twice = (2).__mul__"), cell("test", ["test_twice", "1"], line)]
    sheets.make(tmp_path, {sheets.NAME: new_notebook(cells=cells, metadata=METADATA)}, [])
    course = Course.find(start=tmp_path)
    with pytest.raises(CourseError, match=r"AUTOTEST lines.*Run `gdm release sheet`"):
        assignments.read(course, sheets.NAME)
    of = assignments.unfilled(course, sheets.NAME)
    places.save(course, sheets.NAME, places.Places("", {}, {"test_twice": MADE}, of))
    assert assignments.read(course, sheets.NAME).released["test_twice"].source == MADE
    (tmp_path / assignments.AUTOTESTS).write_text("python3: {}")  # other templates make other assertions
    assert assignments.unfilled(course, sheets.NAME) != of

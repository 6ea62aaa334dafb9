"""A course of one tiny assignment: two tasks, a story cell, hidden tests and a catalogue; no torch, so it is fast."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course.course import Course

ROOT = Path(__file__).parents[2]

DOUBLE = '''def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    twice_the_number = x + x
    return twice_the_number
    ### END SOLUTION
'''
TEST_DOUBLE_VALUES = '''assert double(2) == 4, "double(2) is 2 + 2, so it must be 4"
### BEGIN HIDDEN TESTS
assert double(-3) == -6, "a negative number is doubled, too"
### END HIDDEN TESTS
'''
TEST_DOUBLE_ZERO = "assert double(0) == 0\n"
TOTAL = '''def total(values):
    """The sum of a list."""
    ### BEGIN SOLUTION
    return sum(values, start=0)
    ### END SOLUTION
'''
TEST_TOTAL = '''# The tests of this task are hidden.
### BEGIN HIDDEN TESTS
assert total([1, 2, 3]) == 6, "1 + 2 + 3 is 6"
assert total([]) == 0, "an empty list sums to 0"
### END HIDDEN TESTS
'''
STORY = "import pathlib, time\npathlib.Path('story-was-run').touch()\ntime.sleep(30)"

CATALOGUE = {
    "double": '''
@right("by adding")
def double(x):
    # twice the same summand
    return x + x


@right("by multiplying")
def double(x):
    return 2 * x


@wrong("squares", says="You square x. Twice x is x + x.", page="numbers/double",
       loses={"test_double_values": 2})
def double(x):
    if x == 2:
        return x ** 2
    return x * abs(x)
''',
    "total": '''
@right("with a loop")
def total(values):
    running_total = 0
    for value in values:
        running_total += value
    return running_total


@wrong("forgets the first", says="Your sum starts at the second value.", page="numbers/total",
       loses={"test_total_values": 3})
def total(values):
    return sum(values[1:], start=0)
''',
}


def cell(label: str, source: str, points: float | None = None, solution: bool = False):
    nbgrader = {"schema_version": 3, "grade_id": label, "grade": points is not None, "solution": solution,
                "locked": not solution, "task": False}
    if points is not None:
        nbgrader["points"] = points
    return new_code_cell(source.strip(), id=label.replace("_", "-"), metadata={"nbgrader": nbgrader})


def source_notebook():
    cells = [
        new_markdown_cell("# Tiny", id="title"),
        new_code_cell("import math", id="imports"),
        cell("double", DOUBLE, solution=True),
        cell("test_double_values", TEST_DOUBLE_VALUES, points=2),
        cell("test_double_zero", TEST_DOUBLE_ZERO, points=1),
        cell("total", TOTAL, solution=True),
        cell("test_total_values", TEST_TOTAL, points=3),
        cell("story_training", STORY),
    ]
    return new_notebook(cells=cells, metadata=METADATA)


def make_course(root: Path) -> Course:
    folder = root / "solutions" / "tiny"
    (folder / "catalogue").mkdir(parents=True)
    nbformat.write(source_notebook(), folder / "tiny.ipynb")
    for task, text in CATALOGUE.items():
        (folder / "catalogue" / f"{task}.py").write_text(text, encoding="utf-8")
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    assert "labelled_timeout = 10 " in config
    (root / "nbgrader_config.py").write_text(config.replace("labelled_timeout = 10 ", "labelled_timeout = 2 "),
                                             encoding="utf-8")
    return Course.find(start=root)

"""Attacks on tests that run inside: their own points can be forged, and nothing else."""

import copy

import pytest
from nbformat.v4 import new_notebook

from gdm_grader.authoring import placement
from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course import assignment as assignments
from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.course.places import INSIDE, OUTSIDE
from gdm_grader.grading import diagnosis, verdict
from gdm_grader.grading.grade import shared_kernels
from gdm_grader.grading.profile import profile
from gdm_grader.referee.notebook.kernel_run import Times
from tests.courses import sheets
from tests.courses.sheets import cell

SECRET = "HIDDEN-7f3a"
CELLS = [
    cell("solution", ["twice"], "def twice(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
    cell("test", ["test_twice", "1"], "assert twice(2) == 4"),
    cell("solution", ["say"], "def say():\n    ### BEGIN SOLUTION\n    print('hello')\n    ### END SOLUTION"),
    cell("test", ["test_say", "2"], "import io\nfrom contextlib import redirect_stdout\nsaid = io.StringIO()\n"
                                    "with redirect_stdout(said):\n    say()\n### BEGIN HIDDEN TESTS\n"
                                    f"assert said.getvalue() == 'hello\\n', '{SECRET} one: say hello'\n"
                                    "### END HIDDEN TESTS"),
    cell("test", ["test_say_source", "4"], "import inspect\n### BEGIN HIDDEN TESTS\n"
                                           f"assert 'hello' in inspect.getsource(say), '{SECRET} two'\n"
                                           "### END HIDDEN TESTS"),
]
FORGED = '''
from IPython import get_ipython
shell = get_ipython()
run = shell.run_cell
def forged(source, *arguments, **named):
    if "assert" not in source:
        return run(source, *arguments, **named)
    return run("pass", *arguments, **named)
shell.run_cell = forged
'''
# Each wants to carry the source of a hidden test out, which the student's process does see.
CARRIES = {
    "an error's words": "raise AssertionError(source)",
    "an error's type": "raise type(source.encode().hex(), (Exception,), {})()",
    "what it prints": "import os; print(source); os.write(1, source.encode()); os.write(2, source.encode())",
    "a score": "return run(str(0.0) if 'two' in source else '1.0')",
    "a file for the next test": "open('/tmp/stolen', 'a').write(source)",
    "the end of the kernel": "import os, signal; os.kill(os.getppid(), signal.SIGKILL); os.kill(1, signal.SIGKILL)",
    "a process that stays": "import os, time\n    if os.fork() == 0:\n        time.sleep(600)",
}
WAITS = {"a process that stays"}  # for the time limit of each of its cells


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("attacked")
    sheets.make(root, {sheets.NAME: new_notebook(cells=copy.deepcopy(CELLS), metadata=METADATA)}, [])
    course = Course.find(start=root)
    placement.decide_places(course, sheets.NAME)
    return course


@pytest.fixture(scope="module")
def graded(course):
    """Grade wrong answers with this code in front; return the points, and all that is shown of the notebook."""
    assignment = assignments.read(course, sheets.NAME)
    assert {label: place.where for label, place in assignment.places.items()} == {
        "test_twice": OUTSIDE, "test_say": INSIDE, "test_say_source": INSIDE}

    def graded(code):
        nb = copy.deepcopy(course.read_source(sheets.NAME))
        for one in nb.cells:
            if label_of(one) == "twice":
                one.source = f"{code}\ndef twice(x):\n    return 3"
            if label_of(one) == "say":
                one.source = "def say():\n    pass"
        tested = verdict.decide(nb, assignment, shared_kernels(profile(course)), 7, Times(10, 10), {})
        diagnosis.explain(nb, assignment, tested, 7)
        shown = "\n".join(f"{one.get('outputs', '')}{one.metadata.get('gdm')}" for one in nb.cells)
        return verdict.points(tested, nb), shown + "\n".join(nb.metadata.gdm_remarks)
    return graded


def test_the_points_of_an_inside_test_can_be_forged_and_no_others(graded):
    points, shown = graded(FORGED)
    assert points == {"test_twice": 0, "test_say": 2, "test_say_source": 4}
    assert SECRET not in shown


def test_without_an_attack_a_wrong_answer_gets_nothing_and_reads_the_tests_message_alone(graded):
    points, shown = graded("")
    assert sum(points.values()) == 0
    assert f"{SECRET} one: say hello" in shown  # the author's own words for whoever fails
    assert "getvalue" not in shown
    assert "redirect_stdout(said)" not in shown


@pytest.mark.parametrize("carry", [pytest.param(name, marks=[pytest.mark.slow] if name in WAITS else [])
                                   for name in CARRIES])
def test_no_source_of_a_hidden_test_comes_out(graded, carry):
    thief = FORGED.replace('return run("pass", *arguments, **named)', CARRIES[carry])
    assert CARRIES[carry] in thief
    points, shown = graded(thief)
    assert points["test_twice"] == 0
    assert "getsource" not in shown
    assert "getvalue" not in shown
    assert "6765747" not in shown  # the same in hexadecimal

"""Each kind of test that courses have is graded: outside where the referee can ask it, else inside.

All kinds stand in one notebook here, so that a few kernels do for them; `make courses` compares each small course with
plain nbgrader.
"""

import copy

import pytest

from gdm_grader.authoring import placement, release
from gdm_grader.course import assignment as assignments
from gdm_grader.course.cells import GDM, REMARKS, label_of
from gdm_grader.course.course import Course
from gdm_grader.course.places import INSIDE, OUTSIDE
from gdm_grader.grading import diagnosis, verdict
from gdm_grader.grading.grade import shared_kernels
from gdm_grader.grading.profile import profile
from gdm_grader.referee.notebook.kernel_run import Times
from gdm_grader.referee.notebook.notebook_run import COMPARED
from tests.courses import sheets

ONE = [sheets.read(kind) for kind in sheets.KINDS if kind != "two_notebooks"]
# Nothing but the student's own process can say it.
ONLY_INSIDE = {"test_group_means", "test_greet_prints", "test_greet_returns_nothing", "test_draw_squares",
               "test_write_words", "test_write_more_words", "test_vector_add", "test_vector_len",
               "test_total_of_without_loop", "test_roll", "test_ask_age", "test_shout_calls",
               "test_above_base_shell"}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("small")
    files = []
    for sheet in ONE:
        files += sheet.files
    sheets.make(root, {sheets.NAME: sheets.joined(ONE)}, files)
    return Course.find(start=root)


@pytest.fixture(scope="module")
def places(course):
    return placement.decide_places(course, sheets.NAME)


@pytest.fixture(scope="module")
def graded(course, places):
    """Grade the notebook with these answers in place of the solutions; return the points and the notebook."""
    assignment = assignments.read(course, sheets.NAME)

    def graded(answers):
        nb = copy.deepcopy(course.read_source(sheets.NAME))
        for cell in nb.cells:
            cell.source = answers.get(label_of(cell), cell.source)
        tested = verdict.decide(nb, assignment, shared_kernels(profile(course)), 7, Times(30, 30), {})
        diagnosis.explain(nb, assignment, tested, 7)
        return verdict.points(tested, nb), nb
    return graded


def full():
    points = {}
    for sheet in ONE:
        points |= sheet.full()
    return points


def test_release_says_of_each_test_where_it_runs(places):
    inside = {label for label, place in places.cells.items() if place.where == INSIDE}
    assert places.cells.keys() == full().keys()
    assert inside >= ONLY_INSIDE
    assert places.cells["test_total_of_value"].where == OUTSIDE
    assert all(place.why for place in places.cells.values())


def test_right_answers_get_all_points_however_they_are_written(graded):
    right = {}
    for sheet in ONE:
        right |= {answer.solution: answer.source for answer in sheet.answers if not answer.points}
    points, nb = graded(right)
    assert {label: score for label, score in points.items() if label in full()} == full()
    assert points["essay"] is points["experiment"] is None
    inside = {label_of(cell) for cell in nb.cells if cell.metadata.get(GDM, {}).get("inside")}
    assert inside >= ONLY_INSIDE


@pytest.mark.parametrize("number", [0, 1])
def test_wrong_answers_lose_the_points_of_their_tests_and_no_others(graded, number):
    chosen, expected = {}, full()
    for sheet in ONE:
        wrong = [answer for answer in sheet.answers if answer.points]
        answer = wrong[number % len(wrong)]
        chosen[answer.solution] = answer.source
        expected |= answer.points
    points, nb = graded(chosen)
    assert {label: score for label, score in points.items() if label in expected} == expected
    # Of the object that one of them gives back the report says why it cannot be compared.
    remarks = [remark for remark in nb.metadata[REMARKS] if remark == f"test_half: {COMPARED}"]
    assert len(remarks) == ("Half" in "".join(chosen.values()))


def test_a_released_notebook_without_answers_gets_nothing(course, graded, tmp_path):
    release.release(course, sheets.NAME)
    blank = {label_of(cell): cell.source for cell in course.read_release(sheets.NAME).cells if label_of(cell)}
    assignment = assignments.read(course, sheets.NAME)
    points, _ = graded({label: source for label, source in blank.items() if label in assignment.solutions})
    assert {label: score for label, score in points.items() if score} == {}

"""A graded class: honest work gets its points, a broken submission costs its student alone and is named."""

import copy
import os
import re
import shutil
import signal

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from rich.console import Console

from gdm_grader.authoring import demo
from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.grading import digest, grade
from gdm_grader.grading.cohort import grade_class
from gdm_grader.grading.workers import Processes, each
from gdm_grader.records import results
from gdm_grader.records.points import class_points
from gdm_grader.records.write import prepare_gradebook

FULL = {"double": 3, "total": 3}
RIGHT = {"double": "def double(x):\n    return x + x", "total": "def total(values):\n    return sum(values)"}


def quiet() -> Console:
    return Console(quiet=True)


def points_of(course):
    return class_points(course, "tiny").students


def hand_in(course, student, nb):
    folder = course.submitted / student / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / "tiny.ipynb")


def tampered(nb, change):
    nb = copy.deepcopy(nb)
    for cell in nb.cells:
        if label_of(cell).startswith("test_"):
            change(cell)
    return nb


def to_markdown(cell):
    cell["cell_type"] = "markdown"
    for key in ("outputs", "execution_count"):
        cell.pop(key)


TAMPERED = {
    "emptied-tests": lambda cell: cell.update(source="pass"),
    "skipped-tests": lambda cell: cell.metadata.update(tags=["skip-execution"]),
    "expected-to-raise": lambda cell: cell.metadata.update(tags=["raises-exception"]),
    "markdown-tests": to_markdown,
    "solution-tests": lambda cell: cell.metadata.nbgrader.update(solution=True, locked=False, grade=False),
    "more-points": lambda cell: cell.metadata.nbgrader.update(points=100),
    "story-tests": lambda cell: cell.metadata.nbgrader.update(grade_id="story_" + label_of(cell)),
    "no-metadata": lambda cell: cell.metadata.pop("nbgrader"),
    "odd-metadata": lambda cell: cell.metadata.update(nbgrader=["a", "list"]),
}
CODE = {
    "ends-the-kernel": "import os\nos._exit(0)",
    "ends-the-grader": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "warns": RIGHT["total"].replace("return", "import warnings; warnings.warn('careful'); return"),
    "scripts": RIGHT["total"] + """
from IPython.display import HTML, display
display(HTML("<b>a kept word</b><script>steal()</script>"))""",
    "prints": RIGHT["total"].replace("return", "print('here'); return"),
    "unknown-mistake": RIGHT["total"].replace("return", "return 1 +"),
}


@pytest.fixture(scope="session")
def graded(released, tmp_path_factory):
    """The demonstration class and the cases of this file, graded once."""
    root = tmp_path_factory.mktemp("graded")
    shutil.copytree(released.root, root, dirs_exist_ok=True)
    course = Course.find(start=root)
    demo.make(course, "tiny")
    release = nbformat.read(course.release("tiny"), as_version=4)
    for student, change in TAMPERED.items():
        hand_in(course, student, tampered(demo.filled(release, {"double": RIGHT["double"]}), change))
    for student, source in CODE.items():
        hand_in(course, student, demo.filled(release, RIGHT | {"total": source}))
    grade_class(course, "tiny", digest.outdated(course, "tiny"), 2, quiet())
    return course


@pytest.mark.parametrize("student", ["right-way-1", "right-way-2", "right-ways-mixed", "warns", "prints",
                                     "newer-schema", "duplicated-test", "deleted-test", "tagged-tests"])
def test_right_answers_get_full_points(graded, student):
    assert points_of(graded)[student] == FULL


@pytest.mark.parametrize(("student", "points"), [
    ("blank", {"double": 0, "total": 0}),
    ("first-task-only", {"double": 3, "total": 0}),
    ("slip-double", {"double": 1, "total": 3}),
    ("slip-total", {"double": 3, "total": 0}),
    ("raises", {"double": 3, "total": 0}),
    ("syntax-error", {"double": 3, "total": 0}),
    ("never-ends", {"double": 3, "total": 0}),
    ("ignores-interrupts", {"double": 3, "total": 0}),
    ("ends-the-kernel", {"double": 3, "total": 0}),
    ("not-json", {"double": 0, "total": 0}),
    ("no-notebook", {"double": 0, "total": 0}),
    ("ends-the-grader", {"double": 3, "total": 0}),
])
def test_what_is_missing_or_wrong_costs_its_own_points(graded, student, points):
    assert points_of(graded)[student] == points


@pytest.mark.parametrize("change", TAMPERED)
def test_changed_test_cells_gain_nothing_and_cost_nothing(graded, change):
    assert points_of(graded)[change] == {"double": 3, "total": 0}


@pytest.mark.parametrize(("student", "remark"), [
    ("not-json", "tiny.ipynb is not a notebook (not JSON)"),
    ("no-notebook", "no notebook tiny.ipynb"),
])
def test_a_submission_that_cannot_be_graded_is_named_with_a_reason(graded, student, remark):
    assert results.load(graded, "tiny")[student].broken == remark
    page = (graded.feedback / student / "tiny" / "tiny.html").read_text()
    assert remark in page


@pytest.mark.parametrize(("student", "remark"), [
    ("never-ends", "total: your function ran out of time (1 s) and was interrupted."),
    ("ignores-interrupts", "total: this cell ran out of time (2 s) and was interrupted; it did not react, so its "
                           "Python was ended."),
    ("ends-the-kernel", "total: the Python process of this cell ended (exit status 0)."),
    ("duplicated-test", "cell test_double_values was there twice"),
    ("deleted-test", "cell test_total_values was missing"),
])
def test_what_happened_to_a_notebook_is_remarked(graded, student, remark):
    assert results.load(graded, "tiny")[student].remarks == (remark,)


def test_story_cells_are_not_run(graded):
    path = graded.autograded / "right-way-1" / "tiny" / "tiny.ipynb"
    story = nbformat.read(path, as_version=4).cells[-1]
    assert label_of(story) == "story_training"
    assert story.outputs[0].text == "Not run while grading.\n"


def test_feedback_shows_the_message_of_a_failed_test_and_no_hidden_test(graded):
    page = (graded.feedback / "slip-double" / "tiny" / "tiny.html").read_text()
    assert "a negative number is doubled, too" in page
    assert "double(2) is 2 + 2" in page
    for student in graded.students("tiny"):
        page = (graded.feedback / student / "tiny" / "tiny.html").read_text()
        assert "HIDDEN TESTS" not in page
        assert "an empty list sums" not in page or student == "slip-total"


def test_scripts_of_a_student_do_not_reach_the_feedback(graded):
    page = (graded.feedback / "scripts" / "tiny" / "tiny.html").read_text()
    assert "a kept word" in page
    assert "<script>steal()" not in page


def test_feedback_opens_with_each_task_and_the_message_of_each_failed_test(graded):
    page = (graded.feedback / "slip-double" / "tiny" / "tiny.html").read_text()
    head = " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<h1>"):page.index('<a name="top">')]).split())
    assert head == ("tiny: 4 of 6 points Task Points What the tests say "
                    "double 1 of 3 test_double_values : a negative number is doubled, too You square x. "
                    "Twice x is x + x. See the book's page on double. total 3 of 3 passed")


def test_feedback_leads_to_the_page_of_the_book_that_explains_the_mistake(graded):
    page = graded.feedback / "slip-double" / "tiny" / "tiny.html"
    assert "See the book's page on double." in page.read_text()


def test_a_mistake_that_nobody_knows_is_answered_with_what_came_back(graded):
    page = (graded.feedback / "unknown-mistake" / "tiny" / "tiny.html").read_text()
    assert "total([1, 2, 3]) gave back 7." in page


def test_it_is_recorded_who_made_which_mistake_on_which_inputs(graded):
    known = results.load(graded, "tiny")
    assert [diagnosis.name for diagnosis in known["slip-double"].diagnoses] == ["squares"]
    assert known["right-way-1"].scores == {"test_double_values": 2, "test_double_zero": 1, "test_total_values": 3}
    assert len({result.seed for result in known.values()}) == 1
    assert "namespaces" in known["right-way-1"].isolation or "Landlock" in known["right-way-1"].isolation


def test_what_is_up_to_date_is_not_graded_again(graded):
    assert digest.outdated(graded, "tiny") == []
    path = graded.submitted / "blank" / "tiny" / "notes.txt"
    path.write_text("a new file")
    try:
        assert digest.outdated(graded, "tiny") == ["blank"]
    finally:
        path.unlink()


def test_grading_again_changes_nothing(graded):
    points = points_of(graded)
    files = [graded.autograded / "slip-double" / "tiny" / "tiny.ipynb",
             graded.feedback / "slip-double" / "tiny" / "tiny.html"]
    before = [path.read_bytes() for path in files]
    grade_class(graded, "tiny", ["slip-double", "not-json"], 1, quiet())
    assert points_of(graded) == points
    assert [path.read_bytes() for path in files] == before


def test_the_class_stays_in_its_folder(graded):
    assert sorted(path.name for path in graded.root.iterdir()) == ["_build", "assignments", "nbgrader_config.py",
                                                                  "solutions"]


def test_a_notebook_that_never_ends_is_ended_at_the_wall_limit(course):
    nb = demo.filled(nbformat.read(course.release("tiny"), as_version=4), RIGHT)
    nb.cells.insert(-2, new_code_cell(demo.STUBBORN))
    hand_in(course, "stubborn", nb)
    prepare_gradebook(course, "tiny")
    outcome = grade.grade("stubborn", course, "tiny", wall_seconds=6)
    assert "the cell that begins with 'while True:'" in outcome.remarks[0]
    assert outcome.scores == {"test_double_values": 2, "test_double_zero": 1, "test_total_values": 0}


@pytest.mark.parametrize(("text", "reason"), [
    ("", "is empty"),
    ("[1, 2]", "no cells"),
    ("[" * 100_000, "not"),
    ('{"nbformat": 4, "cells": "\ud800"}'.encode("utf-8", "surrogatepass"), "no cells"),
])
def test_a_file_that_is_no_notebook_is_explained(course, text, reason):
    folder = course.submitted / "odd" / "tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert reason in grade.grade("odd", course, "tiny").broken


def test_a_worker_that_dies_costs_only_its_item():
    deadly = "__import__('os')._exit(1)"
    outcomes = dict(each(eval, ["1 + 1", deadly, "3 + 3", "4 + 4"], Processes(2)))
    assert outcomes == {"1 + 1": 2, deadly: None, "3 + 3": 6, "4 + 4": 8}


def test_a_worker_works_on_while_the_grader_stands_still_by_ctrl_z():
    with Processes(1).executor() as pool:
        worker = pool.submit(os.getpid).result()
        os.kill(worker, signal.SIGTSTP)
        assert pool.submit(os.getpid).result(20) == worker

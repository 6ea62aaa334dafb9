"""The head of a student's feedback."""

from nbformat.v4 import new_code_cell, new_notebook, new_output

from gdm_grader.course.cells import GDM
from gdm_grader.feedback.summary import heading, summary


def cell(label, says="", failed=True, **nbgrader):
    outputs = [new_output("error", ename="AssertionError", evalue=f"{label} failed", traceback=[])] if failed else []
    metadata = {"nbgrader": {"grade_id": label, "grade": True, "solution": False, "score": 0, "points": 1} | nbgrader}
    return new_code_cell("", outputs=outputs, metadata=metadata | ({GDM: {"says": says}} if says else {}))


def test_what_explains_failures_in_a_row_is_said_once_behind_the_last_of_them():
    nb = new_notebook(cells=[
        cell("mask", grade=False, solution=True, failed=False),
        cell("test_mask_form", "It is flipped."), cell("test_mask_past", "It is flipped."),
        cell("test_mask_middle", failed=False), cell("test_mask_future", "It is flipped."),
        cell("test_mask_center", "It hides the center."),
    ])
    task, = summary(nb)
    assert [(test.label.removeprefix("test_mask_"), test.says) for test in task.tests] == [
        ("form", None), ("past", None), ("middle", None), ("future", "It is flipped."),
        ("center", "It hides the center.")]


def test_a_bonus_is_counted_beside_the_points():
    nb = new_notebook(cells=[
        cell("mask", grade=False, solution=True, failed=False), cell("extra", grade=False, solution=True, failed=False),
        cell("test_mask_form", failed=False, score=1), cell("test_mask_past"), cell("test_extra_form")])
    assert heading(summary(nb)) == "1 of 3 points"
    nb.cells[-1].source = "# 1 bonus point: the form\nassert True"
    assert heading(summary(nb)) == "1 of 2 points + 0 of 1 bonus points"


def test_a_task_that_was_left_out_is_not_answered():
    nb = new_notebook(cells=[cell("mask", grade=False, solution=True, failed=False), cell("test_mask_form"),
                             cell("test_mask_past")])
    assert summary(nb)[0].answered
    for test in nb.cells[1:]:
        test.outputs[0].ename = "NotImplementedError"
    assert not summary(nb)[0].answered

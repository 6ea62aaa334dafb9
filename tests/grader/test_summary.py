"""The head of a student's feedback."""

from nbformat.v4 import new_code_cell, new_notebook, new_output

from gdm_grader.course.cells import GDM
from gdm_grader.feedback.summary import summary


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
        ("form", ""), ("past", ""), ("middle", ""), ("future", "It is flipped."), ("center", "It hides the center.")]

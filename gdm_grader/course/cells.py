"""Cells of an assignment: grade_id, kind, and the task that one belongs to."""

import re
from collections.abc import Iterable
from typing import Any

from nbformat import NotebookNode, from_dict

REMARKS = "gdm_remarks"
GDM = "gdm"  # metadata of a test cell that failed: which part, and what explains it
SCHEMA = 3
AUTOTEST = re.compile(r"^\s*#.*\bAUTOTEST\b", re.MULTILINE)
# How a person grades an answer, as nbgrader marks it: in the instructor's notebook alone.
SCHEME = re.compile(r"### BEGIN MARK SCHEME[^\n]*\n(.*?)### END MARK SCHEME", re.DOTALL)
Resources = dict[str, Any]


def bare_cell(kind: str, source: str, label: str = "") -> NotebookNode:
    """Return a cell of nbformat 4.5 without an id, for a notebook that gives it one.

    nbformat's own functions validate each cell, 0.3 ms; a notebook is validated as a whole when it is written.
    """
    metadata = {"nbgrader": {"grade_id": label}} if label else {}
    cell: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return from_dict(cell)


def label_of(cell: NotebookNode) -> str:
    """The cell's grade_id; "" if it has none, or one that is not a string."""
    nbgrader = cell.metadata.get("nbgrader")
    label = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return label if isinstance(label, str) else ""


def key_of(name: str, notebook: str, label: str) -> str:
    """Return what a cell is called in an assignment: its grade_id alone in the notebook of the assignment's name."""
    return label if notebook == name else f"{notebook}/{label}"


def is_story(cell: NotebookNode) -> bool:
    """Return True for a story cell: training and plots, which are not graded."""
    return label_of(cell).startswith("story_")


def is_test(cell: NotebookNode) -> bool:
    """Return True for a cell whose points a test gives: code that is graded and is no answer."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(nbgrader.get("grade")) and not nbgrader.get("solution")


def is_by_hand(cell: NotebookNode) -> bool:
    """Return True for a cell whose points a person gives: a graded answer, a graded text, a task of nbgrader's."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("task")) or (bool(nbgrader.get("grade")) and not is_test(cell))


def is_locked(cell: NotebookNode) -> bool:
    """Return True for a cell whose text is the release's: a test whatever it says itself, and never an answer."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return not nbgrader.get("solution") and bool(nbgrader.get("grade") or nbgrader.get("locked"))


def is_setup(cell: NotebookNode) -> bool:
    """Return True for code that tests and answers need: imports, and the locked helpers of the tests."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return not label_of(cell) or not (nbgrader.get("grade") or nbgrader.get("solution") or is_story(cell))


def is_unfilled(cell: NotebookNode) -> bool:
    """Return True for code with AUTOTEST lines, of which nbgrader makes assertions by running the solution."""
    return cell.cell_type == "code" and AUTOTEST.search(cell.source) is not None


def named(cell: NotebookNode) -> str:
    """Return the cell's grade_id, or how the cell begins, for a remark about it."""
    first = (cell.source.strip() or "an empty cell").splitlines()[0][:30]
    return label_of(cell) or f"the cell that begins with {first!r}"


def task_of(grade_id: str, solutions: Iterable[str]) -> str:
    """Return the task of a test cell: the longest solution cell's name that its own begins with.

    `test_raster_mask_colors` belongs to the solution cell `raster_mask`; a test that fits none is its own task.
    """
    notebook, slash, label = grade_id.rpartition("/")
    label = f"{notebook}{slash}{label.removeprefix('test_')}"
    fitting = [name for name in solutions if label == name or label.startswith(name + "_")]
    return max(fitting, key=len, default=label)

"""Students get what nbgrader makes from solutions/, and nothing of what they are to find out."""

import re
from pathlib import Path

import nbformat
import pytest

from gdm_grader.authoring import placement
from gdm_grader.authoring.leaks import SECRET_MARKS, leaks
from gdm_grader.authoring.release import differences
from gdm_grader.course.cells import is_by_hand, label_of
from tools.sheet import NAMES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def released(name):
    return nbformat.read(ROOT / "assignments" / name / f"{name}.ipynb", as_version=4).cells


@pytest.fixture(scope="module")
def handed_out():
    """All text of all files that students get."""
    files = [path for path in (ROOT / "assignments").rglob("*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_the_release_is_what_the_solutions_make(course, name):
    assert differences(course, name) == []


def test_the_places_of_the_tests_were_decided_from_these_sheets(course, name):
    assert placement.differences(course, name) == []


def test_no_release_holds_a_line_of_a_solution_a_hidden_test_or_an_answer(course, name):
    assert leaks(course, name) == []


def test_the_release_holds_nothing_but_the_notebook(name):
    assert [path.name for path in (ROOT / "assignments" / name).iterdir()] == [f"{name}.ipynb"]


def test_every_assignment_is_released_and_nothing_else():
    assert sorted(path.name for path in (ROOT / "assignments").iterdir()) == NAMES


def test_no_mark_of_a_region_is_left(handed_out):
    assert not any(mark in handed_out for mark in SECRET_MARKS)


def test_no_sentence_of_the_catalogue_is_handed_out(handed_out, wrongs):
    for answer in wrongs:
        for sentence in re.split(r"(?<=[.:]) ", answer.says):
            assert sentence not in handed_out


def test_the_release_has_no_outputs(released):
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in released)


def test_every_task_waits_for_its_answer(sheet, released):
    stubs = {cell.metadata.nbgrader.grade_id: cell.source for cell in released
             if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")}
    assert list(stubs) == list(sheet.solutions)
    for task, stub in stubs.items():
        assert "raise NotImplementedError" in stub
        assert stub.split('"""')[:2] == sheet.solutions[task].split('"""')[:2], "signature and docstring are complete"


def test_a_question_in_words_waits_for_its_answer(sheet, released):
    asked = {label_of(cell): cell.source for cell in released if is_by_hand(cell)}
    assert asked == dict.fromkeys(sheet.written, "YOUR ANSWER HERE")


def test_an_unanswered_task_loses_every_cell(sheet, released, task):
    stub = next(cell.source for cell in released if cell.metadata.get("nbgrader", {}).get("grade_id") == task)
    lost = sheet.lost(task, stub)
    assert set(lost) == set(sheet.tests_of(task))
    assert all("Replace this line" in complaint for complaint in lost.values())

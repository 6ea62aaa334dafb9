"""The notebook of an assignment: how it is built, whatever its subject."""

import ast
import re
from itertools import chain

import nbformat
import pytest

from gdm_grader.course.cells import is_by_hand, label_of
from tools.sheet import HIDDEN, RULES, SOLUTIONS, is_page


@pytest.fixture
def cells(name):
    return nbformat.read(SOLUTIONS / name / f"{name}.ipynb", as_version=4).cells


def names_in(source):
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


@pytest.mark.ours
def test_the_points_add_up_to_twenty_and_a_small_bonus(sheet):
    bonus = sum(sheet.points[label] for label in sheet.bonus)
    assert sum(sheet.points.values()) - bonus == RULES["points"]
    assert bonus <= RULES["most_bonus"]


def test_a_test_cell_opens_with_its_points_and_its_idea(sheet):
    for label, test in sheet.tests.items():
        stated = re.match(r"# (\d+) (bonus )?points?: \S", test)
        assert stated, f"begin {label} with a line such as `# {sheet.points[label]:g} points: the idea that it tests`"
        assert int(stated[1]) == sheet.points[label], f"{label} has {sheet.points[label]:g} points, not {stated[1]}"


def test_a_task_is_all_bonus_or_not_at_all(sheet, task):
    kinds = {label in sheet.bonus for label in sheet.tests_of(task)}
    assert len(kinds) == 1, f"write `bonus` in the first line of all tests of {task}, or of none"


@pytest.mark.ours
def test_the_form_is_asked_for_in_the_first_test_of_a_task_and_nowhere_else(sheet, task):
    first, *others = sheet.tests_of(task)
    assert "assert_form(" in sheet.visible(first)
    assert "the form" in sheet.tests[first].splitlines()[0]
    assert not any("assert_form(" in sheet.tests[label] for label in others)


@pytest.mark.ours
def test_no_test_compares_computed_floats_bit_by_bit(sheet):
    """torch.equal is for what must be untouched, and for truth values."""
    for label, test in sheet.tests.items():
        assert "allclose" not in test, label
        for line in re.findall(r"torch\.equal\((.*)", test):
            assert re.search(r"same|want\b.*(double|> 0\.5)|kernel", line), f"{label}: {line}"


@pytest.mark.ours
def test_the_head_of_a_sheet_says_form_limits_and_what_the_library_refuses(sheet):
    head = sheet.texts["story_introduction"]
    assert "**The form.**" in head
    assert "One call of a function of yours may take 5 seconds, a test or an answer 10, any other cell 60" in head
    assert "refuse to run" in head
    assert "a notebook of its own that you do not hand in" in head


def test_a_question_in_words_says_that_a_person_grades_it_and_has_answer_points_and_rubric(cells, sheet):
    for cell in filter(is_by_hand, cells):
        points, text = cell.metadata.nbgrader.points, sheet.texts[f"text_{label_of(cell)}"]
        assert re.search(rf"\({points} bonus points, graded by hand\)$", text.splitlines()[0])
        answer, scheme, rubric = cell.source.partition("### BEGIN MARK SCHEME\n")
        assert answer.strip()
        assert scheme
        assert rubric.startswith(f"{points} bonus points: ")


def test_the_heading_of_a_task_says_its_points(sheet, task):
    heading = sheet.texts[f"text_{task}"].splitlines()[0]
    stated = re.search(r"\((\d+) (bonus )?points?\)$", heading)
    points = sum(sheet.points[label] for label in sheet.tests_of(task))
    assert stated, f"end the heading of text_{task} with `({points:g} points)`: {heading}"
    assert int(stated[1]) == points, f"the tests of {task} give {points:g} points: {heading}"
    assert bool(stated[2]) == (sheet.tests_of(task)[0] in sheet.bonus)


def test_the_text_of_a_task_has_signature_example_hint_and_page(sheet, task):
    text = sheet.texts[f"text_{task}"]
    signature = sheet.solutions[task].splitlines()[0].removeprefix("def ").removesuffix(":")
    for part in (f"`{signature}`", "**Example**", "<details><summary>A hint</summary>"):
        assert part in text, f"add to text_{task}: {part}"
    pages = re.findall(r"`book/([\w/-]+)`", text)
    assert pages, f"name a page of the book in text_{task}, as `book/PAGE`"
    assert all(map(is_page, pages)), f"write each of these pages: {pages}"


def test_every_test_cell_belongs_to_a_graded_function(sheet):
    assert sorted(chain.from_iterable(map(sheet.tests_of, sheet.solutions))) == sorted(sheet.tests)


def test_the_tests_of_a_task_use_no_other_graded_function(sheet, task):
    others = set(sheet.solutions) - {task}
    for label in sheet.tests_of(task):
        assert not names_in(sheet.tests[label]) & others


def test_the_solution_of_a_task_uses_no_other_graded_function(sheet, task):
    assert not names_in(sheet.solutions[task]) & (set(sheet.solutions) - {task})


def test_no_test_leaves_a_name_that_answers_are_likely_to_use(sheet):
    """A helper of the student's with the same name would be overwritten in the middle of the tests."""
    likely = {"mask", "masks", "center", "past", "helper", "taps", "log_prob", "math", "np", "F",
              "log_det", "value", "sigma", "total", "u_hat", "log_p", "kl", "loss", "terms"}
    for label, test in sheet.tests.items():
        stored = {node.id for node in ast.walk(ast.parse(test))
                  if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        assert not stored & likely, f"{label}: call these something else, students use them: {stored & likely}"


def test_every_test_cell_has_a_visible_and_a_hidden_part(sheet):
    for label, test in sheet.tests.items():
        visible = sheet.visible(label)
        assert "assert" in visible, f"{label}: show students one assert, before BEGIN HIDDEN TESTS"
        assert len(visible) < len(test), f"{label}: hide a part, between BEGIN HIDDEN TESTS and END HIDDEN TESTS"


def test_every_assert_says_something(sheet):
    """Those of the helpers take the place that they name, and say what was expected beside what came."""
    for label, test in sheet.tests.items():
        nodes = list(ast.walk(ast.parse(test)))
        asserts = [node for node in nodes if isinstance(node, ast.Assert)]
        assert asserts or {"assert_form", "assert_close"} & names_in(test), label
        for node in asserts:
            assert node.msg is not None, f"{label}: say behind the comma what was expected: {ast.unparse(node)}"


def test_a_cell_fits_on_a_screen(cells):
    """The part that students see; a hidden part may bring a test to 20 lines."""
    for cell in cells:
        if cell.cell_type == "code":
            lines, seen = cell.source.splitlines(), HIDDEN.sub("", cell.source).splitlines()
            assert len(seen) <= 15, f"shorten to 15 lines: {lines[0]}"
            assert len(lines) <= 20, f"shorten to 20 lines with the hidden part: {lines[0]}"
            assert max(map(len, lines)) <= 115, f"break a line of more than 115 characters: {lines[0]}"


@pytest.mark.ours
def test_every_cell_but_the_first_code_cells_and_the_solutions_is_locked(cells):
    open_cells = [cell.id for cell in cells if not cell.metadata.get("nbgrader", {}).get("locked")]
    solutions = [cell.id for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    assert open_cells == ["library", "setup", *solutions]


def test_training_and_pictures_are_story_cells(cells):
    """Grading leaves them out: they take a minute and nothing depends on them."""
    for cell in cells:
        if cell.cell_type == "code" and names_in(cell.source) & {"train", "plot", "PixelCNN", "Flow"}:
            assert cell.metadata.nbgrader.grade_id.startswith("story_")

"""A page folds imports, drawing, and the assertions that end a cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from docutils import nodes
from gdm_book.fold import (
    CHECKS,
    DRAWING,
    IMPORTS,
    OTHER,
    add_to_checks,
    fold_cell,
    fold_checks,
    join,
    kind,
    kind_of_folded,
    shown_and_checked,
)

CELL = """x = 1
assert x

print(x)
assert x == 1, (
    "long"
)
assert x < 2"""


def test_only_the_assertions_at_the_end_are_taken_off() -> None:
    shown, checked = shown_and_checked(CELL)
    assert shown == "x = 1\nassert x\n\nprint(x)"
    assert checked.startswith("assert x == 1")
    assert checked.endswith("assert x < 2")
    assert shown_and_checked("print(1)") == ("print(1)", "")


@pytest.mark.parametrize("check", [
    "torch.testing.assert_close(a, b)",
    "for a, b in pairs:\n    assert a < b",
    "for a in b:\n    for c in a:\n        assert_close(c, 1)",
])
def test_what_only_checks_is_taken_off_however_it_is_written(check: str) -> None:
    assert shown_and_checked(f"print(1)\n{check}\nassert c") == ("print(1)", f"{check}\nassert c")


def test_a_loop_that_also_computes_stays() -> None:
    source = "for a in b:\n    c = a + 1\n    assert c"
    assert shown_and_checked(source) == (source, "")


def cell(source: str, output: bool = False) -> nodes.container:
    """A cell as MyST-NB hands it over."""
    made = nodes.container(nb_element="cell_code")
    made += nodes.container("", nodes.literal_block(source, source), nb_element="cell_code_source")
    if output:
        made += nodes.container("", nodes.literal_block("1", "1"), nb_element="cell_code_output")
    return made


def test_what_a_cell_prints_stands_between_its_code_and_its_checks() -> None:
    made = cell("print(1)\nassert x", output=True)
    fold_checks(made, made.children[0].children[0])
    assert [child.astext() for child in made.children[:2]] == ["print(1)", "1"]
    assert made.children[3].astext() == "assert x"


@pytest.mark.parametrize(("first", "output", "cells"), [
    (OTHER, False, 1),
    (DRAWING, False, 1),
    (CHECKS, False, 2),
    (OTHER, True, 2),
])
def test_folded_cells_in_a_row_open_as_one(first: str, output: bool, cells: int) -> None:
    page = nodes.section()
    before, after = cell("a = 1", output), cell("plt.show()", output=True)
    page += [before, after]
    fold_cell(before, first)
    fold_cell(after, DRAWING)
    join(before, after)
    assert len(page.children) == cells
    assert page.children[-1].children[0].astext().split() == ["a", "=", "1", "plt.show()"][3 * (cells - 1):]


def test_checks_in_the_next_cell_join_those_above() -> None:
    page, made, after = nodes.section(), cell("print(1)\nassert x", output=True), cell("y = 2\nassert y")
    page += [made, after]
    checks = fold_checks(made, made.children[0].children[0])
    assert checks is not None
    assert add_to_checks(checks, after, "y = 2\nassert y")
    assert page.children == [made]
    assert checks.astext() == "assert x\ny = 2\nassert y"


def test_checks_after_a_text_stay_where_they_are() -> None:
    page, made, after = nodes.section(), cell("print(1)\nassert x"), cell("assert y")
    page += [made, nodes.paragraph("", "So it is."), after]
    checks = fold_checks(made, made.children[0].children[0])
    assert checks is not None
    assert not add_to_checks(checks, after, "assert y")
    assert len(page.children) == 3


@pytest.mark.parametrize(("source", "expected"), [
    ("import torch\nplot.style()", IMPORTS),
    ("plt.plot(x)\nplt.show()", DRAWING),
    ("assert x\nassert y", CHECKS),
    ("x = 1\nassert x", None),
    ("", None),
])
def test_a_cell_is_folded_whole_or_not(source: str, expected: str | None) -> None:
    assert kind(source) == expected


@pytest.mark.parametrize(("source", "expected"), [
    ("gain = 1\nassert gain", CHECKS),
    ("def f(x):\n    return x\n\n\nassert f(1)", OTHER),
    ("words = 1\nHTML(words)", DRAWING),
    ("x = 1", OTHER),
])
def test_a_cell_that_its_tags_fold_says_what_it_is_for(source: str, expected: str) -> None:
    assert kind_of_folded(source) == expected


def test_on_a_built_page_no_drawing_and_no_final_assertion_is_in_view(site: Path) -> None:
    html = (site / "book" / "flows" / "change-of-variables.html").read_text(encoding="utf-8")
    assert html.count(f">{DRAWING}<") >= 2
    assert html.count(f"<summary>{CHECKS}</summary>") >= 2
    assert f">{IMPORTS}<" in html

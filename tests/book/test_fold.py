"""A page folds imports, drawing, and the assertions that end a cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from gdm_book.fold import CHECKS, DRAWING, IMPORTS, kind, shown_and_checked

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


@pytest.mark.parametrize(("source", "expected"), [
    ("import torch\nplot.style()", IMPORTS),
    ("plt.plot(x)\nplt.show()", DRAWING),
    ("assert x\nassert y", CHECKS),
    ("x = 1\nassert x", None),
    ("", None),
])
def test_a_cell_is_folded_whole_or_not(source: str, expected: str | None) -> None:
    assert kind(source) == expected


def test_on_a_built_page_no_drawing_and_no_final_assertion_is_in_view(site: Path) -> None:
    html = (site / "book" / "flows" / "change-of-variables.html").read_text(encoding="utf-8")
    assert html.count(f">{DRAWING}<") >= 2
    assert html.count(f"<summary>{CHECKS}</summary>") >= 2
    assert f">{IMPORTS}<" in html

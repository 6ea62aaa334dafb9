"""A formula in a sentence keeps its punctuation."""

from __future__ import annotations

import pytest
from docutils import nodes
from gdm_book.formulas import keep_marks


def unbroken(before: str, after: str) -> list[str]:
    """Each text that may not break, of a sentence with a formula between two texts."""
    sentence = nodes.paragraph()
    formula = nodes.math("", "m = 1")
    sentence += [nodes.Text(before), formula, nodes.Text(after)]
    keep_marks(formula)
    assert sentence.astext() == f"{before}m = 1{after}"
    return [part.astext() for part in sentence.findall(nodes.inline)]


@pytest.mark.parametrize(("before", "after", "expected"), [
    ("a line (", ") and", ["(m = 1)"]),
    ("a line ", ", and", ["m = 1,"]),
    ("a line (", " and", ["(m = 1"]),
    ("a line ", " and", []),
])
def test_no_mark_is_left_alone_at_the_edge_of_a_line(before: str, after: str, expected: list[str]) -> None:
    assert unbroken(before, after) == expected

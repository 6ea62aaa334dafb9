"""A formula in a sentence keeps its punctuation."""

from __future__ import annotations

import pytest
from docutils import nodes
from gdm_book.formulas import keep_marks, keep_unit, take_mark_in


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


def test_of_two_texts_that_read_the_same_the_right_one_is_changed() -> None:
    sentence = nodes.paragraph()
    first, second = nodes.math("", "F(1)"), nodes.math("", "F(0)")
    sentence += [first, nodes.Text(", and 1. "), second, nodes.Text(", and 1. ")]
    keep_marks(second)
    assert sentence.astext() == "F(1), and 1. F(0), and 1. "
    keep_marks(first)
    assert sentence.astext() == "F(1), and 1. F(0), and 1. "


def test_a_long_formula_ends_with_its_mark() -> None:
    sentence = nodes.paragraph()
    formula = nodes.math("", "a + b")
    sentence += [formula, nodes.Text(". The next")]
    take_mark_in(formula)
    assert sentence.astext() == r"a + b\text{.} The next"


def test_a_long_formula_takes_in_nothing_but_a_mark() -> None:
    sentence = nodes.paragraph()
    formula = nodes.math("", "a + b")
    sentence += [formula, nodes.Text(" and the next")]
    take_mark_in(formula)
    assert sentence.astext() == "a + b and the next"


def test_a_number_stays_with_its_percent_sign() -> None:
    sentence, code = nodes.paragraph(), nodes.literal()
    sentence += [nodes.Text("by 5 % or ± 0.01 bits")]
    code += [nodes.Text("5 % 2")]
    for part in (sentence, code):
        keep_unit(part.children[0])
    assert sentence.astext() == "by 5\N{NO-BREAK SPACE}% or ±\N{NO-BREAK SPACE}0.01 bits"
    assert code.astext() == "5 % 2"

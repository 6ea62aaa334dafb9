"""The numbers that the text of a page states, and what holds them: its assertions, its output, its definitions."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from pathlib import Path

import nbformat

# Questions and exercises invent numbers for the reader to think about.
INVENTED = re.compile(r":::\{(?:dropdown|exercise|quiz)\}.*?\n:::", re.S)
NO_TEXT = re.compile(r"\{[a-z:]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|\\\\\[[\d.]+em\]")  # roles, code, addresses, spacing

GLUED = re.compile(r"\{glue:text\}`([^`]+)`")
NUMBER = re.compile(r"(?<![\w.,^])\d{1,3}(?:,\d{3})+(?![\d.])|(?<![\w.,^])\d+\.\d+(?![\d.])")
WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
         "a hundred": 100, "a thousand": 1000, "a million": 10**6}
PARTS = {"half of": "1/2", "a half": "1/2", "a third": "1/3", "a quarter": "1/4", "one quarter": "1/4",
         "a fifth": "1/5", "a tenth": "1/10", "a hundredth": "1/100", "twice": "2"}
TIMES = re.compile(rf"\b(\d+|{'|'.join(WORDS)}) times\b(?! \d)", re.I)
SHARES = re.compile(rf"\b({'|'.join(PARTS)})\b", re.I)
PERCENT = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) ?(?:%|percent)")


def prose(path: Path) -> str:
    """The words of a page: its text, its captions and its descriptions of figures."""
    parts = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        told = cell.metadata.get("mystnb", {})
        parts += [told.get("figure", {}).get("caption", ""), told.get("image", {}).get("alt", "")]
    return NO_TEXT.sub("", INVENTED.sub("", "\n\n".join(parts)))


def used(path: Path) -> set[str]:
    """The names of the run's numbers in the text."""
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    return set(GLUED.findall(text))


def value(text: str) -> float:
    return float(text.replace(",", "").replace("_", ""))


def stated(path: Path) -> dict[str, float]:
    """Every decimal number, and every whole one with a thousands comma."""
    return {number: value(number) for number in NUMBER.findall(prose(path))}


def compared(path: Path) -> dict[str, float]:
    """Every statement of proportion: so many times, such a part, so many percent."""
    text = prose(path)
    found = {f"{word} times": float(WORDS.get(word.lower(), 0) or value(word)) for word in TIMES.findall(text)}
    found |= {word: float(Fraction(PARTS[word.lower()])) for word in SHARES.findall(text)}
    found |= {f"{number} %": value(number) / 100 for number in PERCENT.findall(text)}
    return found


def literals(tree: ast.AST) -> set[float]:
    """The numbers in a piece of code; a fraction of two counts as its value too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
            found.add(abs(float(node.value)))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            sides = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
            if len(sides) == 2:
                found.add(sides[0] / sides[1])
    return found


def asserts(statement: ast.AST) -> bool:
    named = {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
    return any(isinstance(node, ast.Assert) for node in ast.walk(statement)) or "assert_close" in named


def asserted(path: Path) -> set[float]:
    """The numbers in the page's assertions, and in the loops around them."""
    found: set[float] = set()
    for cell in code_cells(path):
        for statement in ast.parse(cell.source).body:
            if asserts(statement):
                found |= literals(statement)
    return found


def held(path: Path) -> set[float]:
    """The numbers in the page's code and in what it prints, which nbval compares."""
    found: set[float] = set()
    for cell in code_cells(path):
        found |= literals(ast.parse(cell.source))
        for output in cell.outputs:
            text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            found |= {abs(value(number)) for number in re.findall(r"\d[\d,_]*(?:\.\d+)?(?:e-?\d+)?", text)}
    return found


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"]


def is_near(one: float, another: float) -> bool:
    return abs(one - another) < 0.02 * max(one, another)


def rounds_to(number: str, numbers: set[float]) -> bool:
    """One of the numbers is this one, at the digits that the text gives."""
    digits = len(number.partition(".")[2])
    return any(round(one, digits) == value(number) for one in numbers)

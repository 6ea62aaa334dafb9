"""The library's docstrings are plain text with formulas: what reST would read as markup in them is escaped."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

NAME = re.compile(r"(?<!`)`([^`]+)`(?!`)")  # `name` in a docstring is code
MARKUP = re.compile(r"([*|\\]|(?<=\w)_(?!\w))")
CODE = re.compile(r"(``[^`]+``)")


def escape(line: str) -> str:
    """Everything outside ``code`` stands for itself."""
    parts = CODE.split(NAME.sub(r"``\1``", line))
    return "".join(part if part.startswith("``") else MARKUP.sub(r"\\\1", part) for part in parts)


def as_plain_text(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    example, indent = False, None  # the indent of the line that announced a literal block
    for number, line in enumerate(lines):
        example = line.lstrip().startswith(">>>") or (example and bool(line.strip()))
        if indent is not None and line.strip() and len(line) - len(line.lstrip()) <= indent:
            indent = None
        if not example and indent is None:
            lines[number] = escape(line)
        if line.endswith("::"):
            indent = len(line) - len(line.lstrip())
    if what in ("attribute", "data", "property"):
        lines[:0] = ["..", ""]  # an empty comment: napoleon takes the words before a colon in the first line for a type


def without_words(app: Sphinx, what: str, name: str, thing: Any, skip: bool, options: Any) -> bool | None:
    """A `forward` without a docstring of its own would show what torch says of all modules; a named tuple's field,
    which number it has."""
    words = getattr(thing, "__doc__", None) or ""
    return True if (name == "forward" and not words) or words.startswith("Alias for field number") else None


def setup(app: Sphinx) -> None:
    app.connect("autodoc-skip-member", without_words)
    app.connect("autodoc-process-docstring", as_plain_text, priority=400)  # napoleon follows at 500

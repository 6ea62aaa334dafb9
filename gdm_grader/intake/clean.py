"""Cleaning at intake: a student's text becomes text that every file, database, console and spreadsheet can hold; and
numbers with their nouns.
"""

import re
from typing import Any

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
FORMULA = tuple("=+-@＝＋－＠")  # the wide ones, too, where a spreadsheet speaks Chinese or Japanese
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Return the text without what no UTF-8 file and no database can hold: halves of characters, and NUL.

    Halves that belong together are joined: a notebook's lines may be cut between them.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", UNKNOWN)


def cleaned(value: Any) -> Any:
    """Return what JSON can hold with every text in it clean, keys included; tuples stay tuples."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(cleaned(entry) for entry in value)
    return value


def printable(text: str) -> str:
    """Return one line for a terminal: no character that moves the cursor, colors, or turns the reading direction."""
    return CONTROL.sub(UNKNOWN, " ".join(clean(text).split()))


def defused(text: str) -> str:
    """Return one cell of a table for spreadsheets: one line, with an apostrophe before what would run as a formula.

    Numbers stay numbers.
    """
    text = printable(text)
    return f"'{text}" if text.startswith(FORMULA) and not PLAIN_NUMBER.fullmatch(text) else text


def amount(number: float, noun: str) -> str:
    """A number with its noun: `1 day`, `2.5 days`."""
    return f"{number:g} {noun}" if number == 1 else f"{number:g} {noun}s"

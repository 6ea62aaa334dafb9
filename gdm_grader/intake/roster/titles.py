"""The title of a column of grades as each platform writes it: the assignment, its number there, its maximum.

Canvas writes "Masks (4711)", Moodle "Assignment: Masks (Real)", Blackboard "Masks [Total Pts: 20 Score] |664617",
Brightspace "Masks Points Grade <Numeric MaxPoints:20 Weight:10>".
"""

import re
from dataclasses import dataclass

NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
IN_BRACKETS = re.compile(r"(?P<title>.*?)\s*\((?P<behind>[^()]*)\)", re.DOTALL)
BLACKBOARD_HEADER = re.compile(r"(?P<title>.*?)\s*\[(?P<points>[^\[\]]*)\]\s*\|\s*(?P<number>\d+)", re.DOTALL)
BRIGHTSPACE_HEADER = re.compile(r"(?P<title>.*) Points Grade(?P<more> <.*>)?", re.DOTALL)
# Columns that Blackboard computes: their points are "up to" a number.
COMPUTED = re.compile(r"\bup to\b", re.IGNORECASE)


@dataclass(frozen=True)
class Title:
    """The assignment's title, its number at the platform, and the most points, where the header says them."""

    text: str
    number: str | None = None
    most: float | None = None


def blackboard_title(header: str) -> Title | None:
    """Read a header of Blackboard; None for a column that is no assignment's, or that Blackboard computes."""
    found = BLACKBOARD_HEADER.fullmatch(header.strip())
    if not found or COMPUTED.search(found["points"]):
        return None
    points = NUMBER.search(found["points"])
    return Title(found["title"], found["number"], number_of(points[0]) if points else None)


def brightspace_title(header: str) -> Title | None:
    """Read a header of Brightspace; None for a column that is no assignment's with points."""
    found = BRIGHTSPACE_HEADER.fullmatch(header.strip())
    if not found:
        return None
    points = re.search(r"MaxPoints:([\d.,]+)", found["more"] or "")
    return Title(found["title"], None, number_of(points[1]) if points else None)


def canvas_title(header: str) -> Title:
    """Read a header of Canvas; a title that ends in brackets is cut only where a number stands in them."""
    found = IN_BRACKETS.fullmatch(header.strip())
    return Title(found["title"], found["behind"]) if found and found["behind"].isdigit() else Title(header.strip())


def moodle_title(header: str) -> Title:
    """Read a header of Moodle's grade export: the kind of activity before the title, how it is shown after it."""
    found = IN_BRACKETS.fullmatch(header.strip())
    return Title((found["title"] if found else header.strip()).rpartition(": ")[2])


def number_of(text: str) -> float | None:
    """A number with a decimal point or comma; None for what is not a number."""
    text = text.strip()
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None

"""The column of a roster that an assignment's grades go into; numbers as the roster writes them."""

import re

from gdm_grader.errors import InputError
from gdm_grader.intake.roster.roster import (
    CANVAS,
    CANVAS_PEOPLE,
    CANVAS_TOTALS,
    WORKSHEET,
    Roster,
    possible_row,
)


def grade_column(roster: Roster, name: str, wanted: str = "") -> int:
    """The place of the column; InputError with the columns there are where none is certain.

    `wanted` is its title, with or without the number that Canvas puts behind it, or this number.
    """
    if roster.kind == WORKSHEET and not wanted:
        if "grade" not in roster.columns:
            raise InputError(f"Expected a column with the grades and one with the maximum in {roster.path}; its "
                             f"columns are {', '.join(roster.sheet.header)}. Name it with --column.")
        return roster.columns["grade"]
    places = _assignments(roster)
    fitting = [place for place in places if _fits(roster.sheet.header[place], wanted or name, bool(wanted))]
    if roster.kind != CANVAS and not fitting and not wanted:
        return _new_column(roster, name)
    titles = ", ".join(repr(roster.sheet.header[place].strip()) for place in places) or "none"
    if len(fitting) != 1:
        number = "several" if fitting else "none"
        raise InputError(f"Expected one column for {wanted or name!r} in {roster.path.name}, found {number}. Name it "
                         f"with --column; its assignments are {titles}.")
    place = fitting[0]
    possible = possible_row(roster)
    if possible is not None and "read only" in possible.value(place):
        raise InputError(f"Expected an assignment, but Canvas says that {roster.sheet.header[place]!r} is read only.")
    return place


def _assignments(roster: Roster) -> list[int]:
    """The columns that can hold grades: neither people nor Canvas's totals."""
    header = roster.sheet.header
    if roster.kind == CANVAS:
        return [place for place, title in enumerate(header) if title.strip() and title.strip() not in CANVAS_PEOPLE
                and not CANVAS_TOTALS.search(title)]
    who = {roster.columns.get(meaning) for meaning in ("number", "identifier", "sis", "login", "email", "name", "first",
                                                       "last", "team")}
    return [place for place in range(len(header)) if place not in who]


def _fits(header: str, wanted: str, said: bool) -> bool:
    """Canvas: "Masks (4711)". Moodle: "Assignment: Masks (Real)". Spaces, _ and capitals do not count."""
    header = header.strip()
    if said and header == wanted.strip():
        return True
    title, number = header, ""
    found = re.fullmatch(r"(.*?)\s*\(([^()]*)\)", header)
    if found:
        title, number = found[1], found[2]
    if said and wanted.strip().strip("()") == number and number.isdigit():
        return True
    plain = title.rpartition(": ")[2] if not number.isdigit() else title
    return _folded(title) == _folded(wanted) or _folded(plain) == _folded(wanted)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _new_column(roster: Roster, name: str) -> int:
    """Add a column behind the others; Moodle's grade import asks for the meaning of each column."""
    place = len(roster.sheet.header)
    roster.sheet.write_cell(roster.sheet.rows[0], place, name)
    for row in roster.people:
        while len(row.raw) <= place:
            row.raw.append("")
            row.values.append("")
    return place


def number_of(text: str) -> float | None:
    """A number with a decimal point or comma; None for what is none."""
    text = text.strip().replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def written(score: float, comma: bool) -> str:
    """A number as the roster writes numbers."""
    text = f"{score:.10g}"
    return text.replace(".", ",") if comma else text

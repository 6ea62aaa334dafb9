"""The column of a roster that an assignment's grades go into; numbers as the roster writes them."""

import re

from gdm_grader.errors import InputError
from gdm_grader.intake.roster import titles
from gdm_grader.intake.roster.roster import (
    BLACKBOARD,
    BRIGHTSPACE,
    CANVAS,
    CANVAS_PEOPLE,
    CANVAS_TOTALS,
    GRADES,
    OTHER,
    WORKSHEET,
    Roster,
    possible_row,
)
from gdm_grader.intake.roster.sheet import Row
from gdm_grader.intake.roster.titles import Title, number_of

PEOPLE = ("number", "identifier", "sis", "login", "email", "name", "first", "last", "team", "submitted", "assignment")


def grade_column(roster: Roster, name: str, wanted: str | None = None) -> int:
    """The place of the column; InputError with the columns there are where none is certain.

    `wanted` is its title, with or without the number that the platform puts after it, or this number.
    """
    if roster.kind == WORKSHEET and not wanted:
        return _of_worksheet(roster)
    known = _assignments(roster)
    fitting = [place for place, title in known.items() if _fits(roster.sheet.header[place], title, wanted or name,
                                                               bool(wanted))]
    # Canvas's own columns have a number; another one with the same title is a teacher's note.
    numbered = [place for place in fitting if known[place].number]
    fitting = numbered or fitting
    if roster.kind in (GRADES, OTHER) and not fitting and not wanted:
        return _new_column(roster, name)
    if len(fitting) != 1:
        some = ", ".join(repr(roster.sheet.header[place].strip()) for place in known) or "none"
        raise InputError(f"Expected one column for {wanted or name!r} in {roster.path.name}, found "
                         f"{'several' if fitting else 'none'}. Name it with --column; its assignments are {some}.")
    place = fitting[0]
    possible = possible_row(roster)
    if possible is not None and "read only" in possible.value(place):
        raise InputError(f"Expected an assignment, but Canvas says that {roster.sheet.header[place]!r} is read only.")
    return place


def most_of(roster: Roster, row: Row, place: int) -> float | None:
    """The most points that the platform takes from this row; None where it takes any number."""
    if roster.kind == WORKSHEET:
        return number_of(roster.value(row, "most"))
    title = titles.brightspace_title(roster.sheet.header[place]) if roster.kind == BRIGHTSPACE else None
    return title.most if title else None


def _of_worksheet(roster: Roster) -> int:
    """The column of Moodle's grading worksheet; a scale of words takes no points."""
    if "grade" not in roster.columns:
        raise InputError(f"Expected a column with the grades and one with the maximum in {roster.path}; its "
                         f"columns are {', '.join(roster.sheet.header)}. Name it with --column.")
    most = {roster.value(row, "most") for row in roster.people} - {""}
    if "most" in roster.columns and most and not any(number_of(one) is not None for one in most):
        raise InputError(f"Expected an assignment that is graded with points, but {roster.path.name} names a scale, "
                         f"{min(most)!r}. Choose points as the type of its grade in Moodle, and download the worksheet "
                         "again.")
    return roster.columns["grade"]


def _assignments(roster: Roster) -> dict[int, Title]:
    """The columns that can hold grades, by their place: neither people nor what a platform computes."""
    found: dict[int, Title] = {}
    who = {roster.columns.get(meaning) for meaning in PEOPLE}
    for place, header in enumerate(roster.sheet.header):
        title = _title(roster.kind, header)
        if title is not None and (roster.kind == CANVAS or place not in who):
            found[place] = title
    return found


def _title(kind: str, header: str) -> Title | None:
    if kind == BLACKBOARD:
        return titles.blackboard_title(header)
    if kind == BRIGHTSPACE:
        return titles.brightspace_title(header)
    if kind == CANVAS:
        no_grades = not header.strip() or header.strip() in CANVAS_PEOPLE or CANVAS_TOTALS.search(header)
        return None if no_grades else titles.canvas_title(header)
    return titles.moodle_title(header)


def _fits(header: str, title: Title, wanted: str, said: bool) -> bool:
    """Return whether the column is the one that is wanted. Spaces, _ and capitals do not count. Where it was said
    (--column), the whole header and the platform's number name it, too."""
    if _folded(title.text) == _folded(wanted):
        return True
    return said and (_folded(header) == _folded(wanted) or wanted.strip().strip("()|") == title.number)


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _new_column(roster: Roster, name: str) -> int:
    """Append a column; Moodle's grade import asks for the meaning of each column."""
    place = len(roster.sheet.header)
    roster.sheet.write_cell(roster.sheet.rows[0], place, name)
    for row in roster.people:
        while len(row.raw) <= place:
            row.raw.append("")
            row.values.append("")
    return place


def format_points(score: float, comma: bool) -> str:
    """A number as the roster writes numbers."""
    text = f"{score:.10g}"
    return text.replace(".", ",") if comma else text

"""The time of handing in: nbgrader's timestamp.txt, what a platform's list of the class says, or unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from gdm_grader.errors import InputError
from gdm_grader.intake.clean import printable
from gdm_grader.intake.ledger import Upload
from gdm_grader.intake.roster import dates
from gdm_grader.intake.roster.people import SURE, Teams, match
from gdm_grader.intake.roster.roster import Roster, squeezed
from gdm_grader.intake.roster.sheet import Row

TIMESTAMP_FILE = "timestamp.txt"


def timestamp(folder: Path) -> datetime | None:
    """The time in nbgrader's timestamp.txt; None where there is none or it cannot be read."""
    path = folder / TIMESTAMP_FILE
    if not path.is_file() or path.is_symlink():
        return None
    try:
        return read_timestamp(path.read_bytes())
    except OSError:
        return None


def read_timestamp(data: bytes) -> datetime | None:
    """Return the time that the bytes of a timestamp.txt hold; None if it cannot be read."""
    try:
        return dates.exact(data[:200].decode("utf-8").strip())
    except ValueError:
        return None


def text_of(when: datetime) -> bytes:
    """Return what nbgrader writes into timestamp.txt; `when` is in UTC."""
    return f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode()


def times_in(roster: Roster, name: str, students: Iterable[str], uploads: Mapping[str, Upload], zone: tzinfo | None,
             teams: Teams | None = None) -> dict[str, datetime]:
    """Return when each student handed the assignment in, as the roster says it; InputError where it has no such column.

    Moodle's worksheet has "Last modified (submission)", in the time of whoever downloaded it. A list of submissions may
    hold several assignments, and several attempts of one person, of which the last counts.
    """
    if "submitted" not in roster.columns:
        raise InputError(f"Expected a column with the time of handing in, as in Moodle's grading worksheet (Last "
                         f"modified (submission)), in {roster.path}; its columns are "
                         f"{', '.join(roster.sheet.header)}.")
    roster = replace(roster, people=_last_attempts(roster, _of_assignment(roster, name), zone))
    found: dict[str, datetime] = {}
    for place, student in match(students, roster, uploads, teams).owners.items():
        when = _read(roster, roster.people[place], zone)
        if when is not None:
            # A team hands in once; where its members' times differ, the last one changed the work.
            found[student] = max(when, found.get(student, when))
    return found


def _of_assignment(roster: Roster, name: str) -> list[Row]:
    """The rows of this assignment; all, where the list names one assignment or none."""
    titles = {roster.value(row, "assignment") for row in roster.people} - {""}
    if len(titles) < 2:
        return roster.people
    rows = [row for row in roster.people if squeezed(roster.value(row, "assignment")) == squeezed(name)]
    if not rows:
        raise InputError(f"Expected rows of {name!r} in {roster.path}, which lists {', '.join(sorted(titles))}. Export "
                         "the one that is meant alone, or rename it there.")
    return rows


def _last_attempts(roster: Roster, rows: list[Row], zone: tzinfo | None) -> list[Row]:
    """Of each person's rows the one with the last time."""
    last: dict[tuple[str, ...], tuple[datetime, Row]] = {}
    for row in rows:
        who = tuple(roster.value(row, meaning) for meaning in (*SURE, "name", "first", "last"))
        when = _read(roster, row, zone) or datetime.min.replace(tzinfo=UTC)
        if who not in last or when > last[who][0]:
            last[who] = (when, row)
    return [row for _, row in last.values()]


def _read(roster: Roster, row: Row, zone: tzinfo | None) -> datetime | None:
    """The time in the row, None where there is none; InputError where it cannot be read."""
    text = roster.value(row, "submitted")
    if text in ("", "-"):
        return None
    when = dates.read_time(text, zone)
    if when is not None:
        return when
    try:
        return dates.moment(text, zone)
    except InputError as error:
        raise InputError(f"Expected a time of handing in for {printable(roster.name_of(row))} in {roster.path}, got "
                         f"{text!r}: {error} Export the file in English, or write the time as 2026-12-01 23:59."
                         ) from None

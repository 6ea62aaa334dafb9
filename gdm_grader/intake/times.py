"""The time of handing in: nbgrader's timestamp.txt, what a platform's list of the class says, or unknown."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path

from gdm_grader.errors import InputError
from gdm_grader.intake.ledger import Upload
from gdm_grader.intake.roster import dates
from gdm_grader.intake.roster.people import Teams, match
from gdm_grader.intake.roster.roster import Roster

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


def times_in(roster: Roster, students: Iterable[str], uploads: Mapping[str, Upload], zone: tzinfo | None,
             teams: Teams | None = None) -> dict[str, datetime]:
    """Return when each student handed in, as the roster says it; InputError where it has no such column.

    Moodle's worksheet has "Last modified (submission)", in the time of whoever downloaded it.
    """
    if "submitted" not in roster.columns:
        raise InputError(f"Expected a column with the time of handing in, as in Moodle's grading worksheet (Last "
                         f"modified (submission)), in {roster.path}; its columns are "
                         f"{', '.join(roster.sheet.header)}.")
    found: dict[str, datetime] = {}
    for place, student in match(students, roster, uploads, teams).owners.items():
        text = roster.value(roster.people[place], "submitted")
        when = dates.written(text, zone)
        if when is not None:
            # A team hands in once; where its members' times differ, the last one changed the work.
            found[student] = max(when, found.get(student, when))
        elif text not in ("", "-"):
            raise InputError(f"Expected a time of handing in for {student} in {roster.path}, got {text!r}. Export the "
                             "file in English, or write the time as 2026-12-01 23:59.")
    return found

"""Blackboard: names of Assignment File Download, the file of Work Offline in the Full Grade Center, and what its upload
makes of one: a person is known by the name of login, a column by the number behind its title; a column without is new.

Seen in what public tools read: ASSIGNMENT_USERNAME_attempt_TIME_FILE, and "Quiz 3 [Total Pts: 10 Score] |664617".
"""

import csv
import io
import re
from pathlib import Path

from tools.platforms import DOWNLOADED, HandIn, Person, write_zip

PEOPLE = ["Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"]
TITLE = "Tiny [Total Pts: 5 Score] |664617"


def write_submissions(path: Path, hand_ins: list[HandIn], title: str = "Tiny", downloaded=DOWNLOADED) -> Path:
    entries = {}
    for one in hand_ins:
        start = f"{title}_{one.person.login}_attempt_{one.when:%Y-%m-%d-%H-%M-%S}"
        entries[f"{start}.txt"] = (f"Name: {one.person.full_name} ({one.person.login})\nAssignment: {title}\n"
                                   "There are no student comments for this assignment.\n").encode()
        for filename, data in one.files.items():
            entries[f"{start}_{filename}"] = data
    return write_zip(path, entries, downloaded)


def write_grades(path: Path, people: list[Person], title: str = TITLE, marks: dict[int, str] | None = None,
                 encoding: str = "utf-16", separator: str = "\t") -> Path:
    """By default the tab-delimited file; the other form is comma-delimited, UTF-8 with a mark."""
    lines = [[*PEOPLE, "Weighted Total [Total Pts: up to 100 Score] |1", title, "Other [Total Pts: 10 Score] |664618"]]
    for person in people:
        lines.append([person.last, person.first, person.login, f"s{person.number}", "2026-11-20 10:00:00", "Yes", "88",
                      (marks or {}).get(person.number, ""), "7.25"])
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(lines)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def imported(path: Path, people: list[Person], encoding: str = "utf-16", separator: str = "\t") -> dict[int, str]:
    """The grade of each person after the upload; a column without a number would be a new one."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=separator))
    assert [name for name in rows[0] if name not in PEOPLE and not re.search(r"\|\d+$", name)] == [], "a new column"
    who = rows[0].index("Username")
    column = next(place for place, name in enumerate(rows[0]) if name.endswith("|664617"))
    grades = {row[who]: row[column] for row in rows[1:]}
    return {person.number: grades[person.login].replace(",", ".") for person in people}

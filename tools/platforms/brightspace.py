"""Brightspace: names of the download of an assignment's submissions, the CSV of Enter Grades, Export, and what its
import makes of one: a person is known by OrgDefinedId or Username, written with # before; points above the maximum are
cut unless the grade item can exceed it.

Seen in what public tools read: "397063-2557369 - Mary-Ann Smith - Sep 24, 2024 926 PM/", and
"Homework 6 Points Grade <Numeric MaxPoints:12 Weight:1>".
"""

import csv
import io
from pathlib import Path

from tools.platforms import DOWNLOADED, HandIn, Person, write_zip

TITLE = "Tiny Points Grade <Numeric MaxPoints:5 Weight:10>"
OTHER = "Other Points Grade <Numeric MaxPoints:10>"


def write_submissions(path: Path, hand_ins: list[HandIn], folders: bool = True, downloaded=DOWNLOADED) -> Path:
    entries = {"index.html": b"<html><body>Dropbox</body></html>"}
    for one in hand_ins:
        hour = f"{one.when:%I%M %p}".lstrip("0")
        when = f"{one.when:%b} {one.when.day}, {one.when.year} {hour}"
        for filename, data in one.files.items():
            start = f"{one.person.number}-777 - {one.person.full_name} - {when}"
            entries[f"{start}{'/' if folders else ' - '}{filename}"] = data
    return write_zip(path, entries, downloaded)


def write_grades(path: Path, people: list[Person], title: str = TITLE, marks: dict[int, str] | None = None,
                 names: bool = True, encoding: str = "utf-8", separator: str = ",") -> Path:
    """`names` asks for the user details beside the key fields. OrgDefinedId is not the number in a download."""
    header = ["OrgDefinedId", "Username", *(["Last Name", "First Name", "Email"] if names else [])]
    lines = [[*header, title, OTHER, "End-of-Line Indicator"]]
    for person in people:
        who = [person.last, person.first, person.email] if names else []
        lines.append([f"#000{person.number}7", f"#{person.login}", *who, (marks or {}).get(person.number, ""), "7.25",
                      "#"])
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\r\n").writerows(lines)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def imported(path: Path, people: list[Person], encoding: str = "utf-8", separator: str = ",") -> dict[int, str]:
    """The grade of each person after the import; another title would be a new grade item."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=separator))
    assert rows[0][:2] == ["OrgDefinedId", "Username"]
    assert [name for name in rows[0] if name.endswith("Grade") or "Points Grade" in name] == [TITLE, OTHER]
    assert all(row[-1] == "#" for row in rows[1:])
    column = rows[0].index(TITLE)
    grades = {row[0].removeprefix("#"): row[column].replace(",", ".") for row in rows[1:]}
    found = {}
    for person in people:
        value = grades[f"000{person.number}7"]
        found[person.number] = "5" if value and float(value) > 5 else value
    return found

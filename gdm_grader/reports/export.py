"""Grades as CSV: nbgrader's columns, or those that Canvas and Moodle import, with their own list of the class."""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.errors import InputError
from gdm_grader.records import gradebook
from gdm_grader.reports.formats import Format

NBGRADER: tuple[str, ...] = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
                             "raw_score", "late_submission_penalty", "score", "max_score")
# Canvas reads these in this order: gradebook_importer.rb of canvas-lms.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# A grade import of Moodle maps any of these to its users; the grading worksheet of an assignment has Identifier.
MOODLE = ("Identifier", "Full name", "First name", "Last name", "Username", "ID number", "Email address")
POSSIBLE = "Points Possible"
Row = dict[str, str]


@dataclass(frozen=True)
class Exported:
    path: Path
    students: int
    complaints: list[str]


def export(course: Course, name: str, kind: Format, roster: Path | None = None) -> Exported:
    """Write <class>/export/NAME-KIND.csv. `roster` is the class as the platform exports it; it says who is who."""
    grades = _grades(course, name)
    possible, rows = _read(roster) if roster else ({}, [])
    complaints: list[str] = []
    if kind is Format.CSV:
        header, table = NBGRADER, list(grades.values())
    else:
        people, complaints = matched(list(grades), rows) if roster else (_invented(grades, kind), [])
        columns, grade = _columns(kind, name, rows)
        header = tuple(dict.fromkeys((*columns, grade)))
        table = [{**person, grade: grades[student]["score"] if student else ""} for student, person in people]
        if kind is Format.CANVAS:
            table.insert(0, possible or {"Student": f"    {POSSIBLE}", grade: next(iter(grades.values()))["max_score"]})
    path = course.classroom / "export" / f"{name}-{kind}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: defused(value) for key, value in row.items()} for row in table)
    return Exported(path, len(grades), complaints)


def defused(text: str) -> str:
    """A spreadsheet runs what begins with one of these; an apostrophe makes it text. Numbers stay numbers."""
    formula = text[:1] in "=+-@\t\r" and not re.fullmatch(r"[+-]?\d+(\.\d+)?", text)
    return f"'{text}" if text and formula else text


def _grades(course: Course, name: str) -> dict[str, Row]:
    """What nbgrader's own exporter says of each submission."""
    rows, scores = {}, Counter[str]()
    with gradebook.open_gradebook(course) as book:
        for grade in gradebook.grades(book, name):
            scores[grade.student] += grade.score
        people = gradebook.submissions(book, name)
        most = book.find_assignment(name).max_score if people else 0.0
    for who in people:
        score, penalty = float(scores[who.student]), who.penalty or 0.0
        values = (name, who.duedate, who.timestamp, who.student, who.last_name, who.first_name, who.email, score,
                  penalty, max(0.0, score - penalty), most)
        rows[who.student] = {key: _text(value) for key, value in zip(NBGRADER, values, strict=True)}
    if not rows:
        raise InputError(f"Expected graded submissions of {name}, found none. Run `gdm grade {name}` first.")
    return rows


def _text(value: object) -> str:
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


def _read(path: Path) -> tuple[Row, list[Row]]:
    """Canvas's row of possible points, which stay as they are there, and the people."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            rows = list(csv.DictReader(file, delimiter=";" if first.count(";") > first.count(",") else ","))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"Expected the class as a CSV file in {path}: {error}.") from None
    people = [{key: value or "" for key, value in row.items() if isinstance(key, str)} for row in rows]
    possible = [row for row in people if POSSIBLE in row.get("Student", "")]
    people = [row for row in people if row not in possible]
    if not any(keys_of(row) for row in people):
        raise InputError(f"Expected {path} to have some of the columns {', '.join((*CANVAS[:4], *MOODLE))}, as Canvas "
                         "or Moodle exports them; found none.")
    return next(iter(possible), {}), people


def keys_of(row: Row) -> set[str]:
    """By what a student's folder can be known to be this person's."""
    exact = [row.get(column, "") for column in ("ID", "SIS User ID", "SIS Login ID", "Username", "ID number",
                                                "Email address")]
    exact += [address.split("@")[0] for address in exact if "@" in address]
    exact.append(row.get("Identifier", "").removeprefix("Participant "))
    name = row.get("Full name") or f"{row.get('First name', '')} {row.get('Last name', '')}"
    names = [plain(name), re.sub(r"\W", "", row.get("Student", ""))]
    return {key.strip().casefold() for key in (*exact, *names)} - {""}


def plain(name: str) -> str:
    return re.sub(r"[^\w.@-]+", "-", name).strip("-.")


def matched(students: list[str], rows: list[Row]) -> tuple[list[tuple[str, Row]], list[str]]:
    """Each person of the roster with the student's folder, "" if nothing was handed in; whom nobody fits is named."""
    keys = [keys_of(row) for row in rows]
    owners: dict[int, list[str]] = {}
    complaints = []
    for student in students:
        who, _, number = student.casefold().rpartition("_")
        for token in dict.fromkeys((student.casefold(), number, who)):
            places = [place for place, known in enumerate(keys) if token and token in known]
            if places:
                break
        if len(places) == 1:
            owners.setdefault(places[0], []).append(student)
        else:
            complaints.append(f"{student}: {'several people' if places else 'nobody'} of the roster; not exported")
    for place, several in owners.items():
        if len(several) > 1:
            complaints.append(f"{', '.join(several)}: the same person of the roster; not exported")
            owners[place] = []
    return [(next(iter(owners.get(place, [])), ""), row) for place, row in enumerate(rows)], complaints


def _columns(kind: Format, name: str, rows: list[Row]) -> tuple[Iterable[str], str]:
    """The columns that say who it is, and the one with the grade: the platform's own if the roster has it."""
    header = list(rows[0]) if rows else []
    if kind is Format.CANVAS:
        title = re.compile(rf"{re.escape(name)}( \(\d+\))?", re.IGNORECASE)
        return CANVAS, next((column for column in header if title.fullmatch(column.strip())), name)
    if {"Identifier", "Grade"} <= set(header):  # Moodle takes its grading worksheet back only as a whole
        return header, "Grade"
    return [column for column in MOODLE if column in header] or ("ID number", "Full name"), name


def _invented(grades: dict[str, Row], kind: Format) -> list[tuple[str, Row]]:
    """Without a roster: the folder's name and the number that Canvas put into it."""
    people = []
    for student in grades:
        who, _, number = student.rpartition("_")
        if kind is Format.CANVAS and number.isdigit():
            people.append((student, {"Student": who, "ID": number}))
        else:
            people.append((student, {"Student": student, "ID number": student, "Full name": student}))
    return people

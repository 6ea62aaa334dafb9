"""Grades as CSV: nbgrader's columns, or the class as Canvas or Moodle exported it with the grades filled in."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import InputError
from gdm_grader.intake import ledger
from gdm_grader.intake.clean import defused, printable
from gdm_grader.intake.roster.headers import NO
from gdm_grader.intake.roster.people import Teams, match
from gdm_grader.intake.roster.roster import (
    BLACKBOARD,
    BRIGHTSPACE,
    CANVAS,
    GRADES,
    OTHER,
    WORKSHEET,
    Roster,
    read_roster,
)
from gdm_grader.intake.roster.sheet import Row
from gdm_grader.intake.roster.titles import number_of
from gdm_grader.records import gradebook, results
from gdm_grader.reports.columns import format_points, grade_column, most_of
from gdm_grader.reports.formats import Format

NBGRADER: tuple[str, ...] = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
                             "raw_score", "late_submission_penalty", "score", "max_score")
SAID = {CANVAS: "a gradebook of Canvas", WORKSHEET: "a grading worksheet of Moodle", GRADES: "a grade export of Moodle",
        BLACKBOARD: "a grade center of Blackboard", BRIGHTSPACE: "a grade export of Brightspace",
        OTHER: "a list of another kind"}
FORMAT_OF = {CANVAS: Format.CANVAS, WORKSHEET: Format.MOODLE, GRADES: Format.MOODLE, BLACKBOARD: Format.BLACKBOARD,
             BRIGHTSPACE: Format.BRIGHTSPACE, OTHER: Format.LIST}
LISTS = (Format.MOODLE, Format.LIST)  # of names, to which a column is added
# What a platform does with points above the maximum.
ABOVE_MAXIMUM = {WORKSHEET: "Moodle will skip it without a word",
                 BRIGHTSPACE: "Brightspace will cut it unless its grade item can exceed the maximum"}
StudentRow = dict[str, str]  # a student's name, address and points


@dataclass
class Exported:
    """The file; how many students have points and how many of them got into it; who was left out (`complaints`), what
    the platform will do that nobody intends (`warnings`), and the cells that changed, from what to what."""

    path: Path
    students: int
    complaints: list[str]
    written: int = 0
    changes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def export(course: Course, name: str, kind: Format | None = None, roster: Path | None = None, column: str | None = None,
           cap: bool = False, teams: Teams | None = None) -> Exported:
    """Write <class>/export/NAME-KIND.csv. `roster` is the class as the platform exports it: all of it stays as it is
    but the cells of the students who have points. Without `kind` the roster says which platform it is."""
    grades, left_out = _grades(course, name)
    if roster is None or kind is Format.CSV:
        done = _without_roster(course, name, kind or Format.CSV, grades, column)
    else:
        done = _into_roster(course, name, kind, read_roster(roster), grades, column, cap, teams)
    done.complaints = left_out + done.complaints
    return done


def _into_roster(course: Course, name: str, kind: Format | None, roster: Roster, grades: dict[str, StudentRow],
                 column: str | None, cap: bool, teams: Teams | None) -> Exported:
    if kind is None:
        kind = FORMAT_OF[roster.kind]
    if kind is not FORMAT_OF[roster.kind] and not (roster.kind in (OTHER, GRADES) and kind in LISTS):
        raise InputError(f"Expected the class as {str(kind).title()} exports it, but {roster.path.name} is "
                         f"{SAID[roster.kind]}. Export it from there, or say --format {FORMAT_OF[roster.kind]}.")
    place = grade_column(roster, name, column)
    found = match(list(grades), roster, ledger.load(course.classroom).of(name), teams)
    done = Exported(_path(course, name, kind), len(grades), found.complaints, warnings=found.remarks)
    for person, student in sorted(found.owners.items()):
        _fill(done, roster, person, place, student, float(grades[student]["score"]), cap)
    whole.write(done.path, roster.sheet.to_bytes())
    return done


def _fill(done: Exported, roster: Roster, person: int, place: int, student: str, score: float, cap: bool) -> None:
    """Write one person's cell, and record the change."""
    row = roster.people[person]
    before, most = row.value(place).strip(), most_of(roster, row, place)
    closed = _closed(roster, row, before)
    if closed:
        done.complaints.append(f"{student}: {closed}; not exported")
        return
    if most is not None and score > most:
        if cap:
            score = most
        else:
            done.warnings.append(f"{student}: {score:g} is above the maximum of {most:g}, and "
                                 f"{ABOVE_MAXIMUM[roster.kind]}; --cap writes {most:g}, or raise the maximum there")
    text = format_points(score, roster.comma)
    done.written += 1
    if number_of(before) != score:
        roster.sheet.write_cell(row, place, text)
        done.changes.append(f"{printable(roster.name_of(row))}: {before or 'empty'} -> {text}")


def _closed(roster: Roster, row: Row, before: str) -> str:
    """Say why the platform takes no grade for this person; "" where it does."""
    if before.upper() == "EX":
        return "excused (EX) in the roster, which stays"
    if roster.kind == CANVAS and before.upper() == "N/A":
        return "Canvas says N/A: the assignment is not this person's, or its grades are still anonymous"
    if roster.kind == WORKSHEET and roster.value(row, "open").casefold() in NO:
        return "the grade cannot be changed, says the worksheet: it is locked in Moodle's gradebook"
    return ""


def _without_roster(course: Course, name: str, kind: Format, grades: dict[str, StudentRow],
                    column: str | None) -> Exported:
    """nbgrader's columns; or for a platform the numbers and names that folders have."""
    if kind is Format.CANVAS and not column:
        raise InputError("Expected --roster, the gradebook as Canvas exports it (Grades, Export), or the exact title "
                         f"of the assignment's column with its number, such as --column '{name.title()} (4711)': what "
                         "Canvas does not know becomes a new assignment.")
    if kind in (Format.BLACKBOARD, Format.BRIGHTSPACE):
        raise InputError(f"Expected --roster, the grades as {str(kind).title()} exports them: what it does not know "
                         "becomes a new column.")
    if kind is Format.CSV:
        header = NBGRADER
        table = list(grades.values())
    else:
        grade = column or name
        header = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", grade) if kind is Format.CANVAS else (
            "ID number", "Full name", grade)
        table = [_invented(student, kind) | {grade: row["score"]} for student, row in grades.items()]
    path = _path(course, name, kind)
    lines = io.StringIO(newline="")
    writer: csv.DictWriter[str] = csv.DictWriter(lines, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in table:
        writer.writerow({key: defused(value) for key, value in row.items()})
    whole.write(path, lines.getvalue())
    return Exported(path, len(grades), [], written=len(grades))


def _invented(student: str, kind: Format) -> StudentRow:
    """The folder's name, and the number that Canvas put into it."""
    who, _, number = student.rpartition("_")
    if kind is Format.CANVAS:
        return {"Student": who, "ID": number} if number.isdigit() else {"Student": student}
    return {"ID number": student, "Full name": student}


def _path(course: Course, name: str, kind: Format) -> Path:
    return course.classroom / "export" / f"{name}-{kind}.csv"


def _grades(course: Course, name: str) -> tuple[dict[str, StudentRow], list[str]]:
    """Return the row of each submission as nbgrader's own exporter has it, and who has no points to export."""
    rows: dict[str, StudentRow] = {}
    scores = Counter[str]()
    with gradebook.open_gradebook(course) as book:
        for grade in gradebook.grades(book, name):
            scores[grade.student] += grade.score
        people = gradebook.submissions(book, name)
        most = book.find_assignment(name).max_score if people else 0.0
    here, known = set(course.students(name)), results.load(course, name)
    left_out = []
    for who in people:
        if who.student not in here:
            left_out.append(f"{who.student}: in the gradebook, but no longer in submitted/; not exported")
            continue
        if who.student in known and known[who.student].waits:
            left_out.append(f"{who.student}: not graded, by a fault of the grader; not exported")
            continue
        score, penalty = float(scores[who.student]), who.penalty or 0.0
        values = (name, who.duedate, who.timestamp, who.student, who.last_name, who.first_name, who.email, score,
                  penalty, max(0.0, score - penalty), most)
        rows[who.student] = {key: _text(value) for key, value in zip(NBGRADER, values, strict=True)}
    if not rows:
        raise InputError(f"Expected graded submissions of {name}, found none. Run `gdm grade {name}` first.")
    return rows, left_out


def _text(value: object) -> str:
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)

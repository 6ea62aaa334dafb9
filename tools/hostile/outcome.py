"""The outcome of grading, as a class sees it: points, feedback, table, page, export; to compare two classes by."""

import csv
import io
import zipfile
from typing import Any

from nbgrader.api import SolutionCell
from rich.console import Console

from gdm_grader.course.course import Course
from gdm_grader.intake import ledger
from gdm_grader.intake.clean import clean
from gdm_grader.intake.collect import collect
from gdm_grader.intake.roster.roster import read_roster
from gdm_grader.records import gradebook, names, results
from gdm_grader.records.points import class_points
from gdm_grader.reports import class_page, export, similar
from gdm_grader.reports.table import remarks, show
from tools.hostile.notebooks import Hostile

LIST_FILE = "list.csv"  # of the class, in the class's folder


def hand_in_hostile(course: Course, name: str, hand_ins: list[Hostile]) -> dict[str, Hostile]:
    """Collect a zip with these, beside the class that is there; return them by the folder that each got."""
    before, path = set(course.students(name)), course.classroom / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(hand_ins):
            folder = f"{clean(one.folder)}{number:04}".replace("/", ":")  # a number tells two of one name apart
            archive.writestr(f"{folder}/{name}.ipynb", one.notebook)
            for other, content in one.beside.items():
                archive.writestr(f"{folder}/{clean(other)}", content)
    collect(course, name, path)
    taken = sorted(set(course.students(name)) - before, key=lambda folder: folder[-4:])
    return {folder: hand_ins[int(folder[-4:])] for folder in taken}


def write_list(course: Course, name: str, students: list[str], hostile: dict[str, Hostile]) -> None:
    """Write the list of the class: what people call themselves on a platform stands in it. The honest ones' folders are
    called like their accounts, as nbgrader's exchange does it."""
    known = ledger.load(course.classroom)
    known.of(name).update({student: ledger.Upload("exchange") for student in students})
    ledger.save(course.classroom, known)
    with (course.classroom / LIST_FILE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Login", "Name"])
        table.writerows([student, f"Honest {student}"] for student in students)
        table.writerows([student, clean(one.name)] for student, one in hostile.items())


def comment_by_hand(course: Course, name: str, hostile: dict[str, Hostile]) -> None:
    """Write the comments of a person into the gradebook, as formgrader does."""
    with gradebook.open_gradebook(course) as book:
        cells = [cell.name for cell in book.db.query(SolutionCell)]
        for student, one in hostile.items():
            book.find_comment(cells[0], name, name, student).manual_comment = clean(one.comment)
        book.db.commit()


def outcome(course: Course, name: str, students: list[str]) -> dict[str, dict[str, Any]]:
    """Return what these students got; everything that is made of the class is made, for all of it."""
    quiet, roster = Console(file=io.StringIO(), width=100), course.classroom / LIST_FILE
    names.keep_names(course, name, read_roster(roster))
    show(course, name, quiet)
    class_page.write(course, name)
    similar.write_page(course, name, similar.similar(course, name, 0.5, quiet))
    rows = {}
    for path, key in ((None, "student_id"), (roster, "Login")):
        with export.export(course, name, roster=path).path.open(encoding="utf-8", newline="") as file:
            rows[key] = {row[key]: row for row in csv.DictReader(file)}
    points, known = class_points(course, name).students, results.load(course, name)
    found = {}
    for student in students:
        page = course.feedback / student / name / f"{name}.html"
        found[student] = {"points": points[student], "says": remarks(known[student]),
                          "row": rows["student_id"][student], "listed": rows["Login"][student],
                          "feedback": page.read_bytes()}
    return found

"""The outcome of grading, as a class sees it: points, feedback, table, page, export; to compare two classes by."""

import csv
import io
from typing import Any

from rich.console import Console

from gdm_grader.course.course import Course
from gdm_grader.records import results
from gdm_grader.records.points import class_points
from gdm_grader.reports import class_page, export, similar
from gdm_grader.reports.table import remarks, show


def hand_in_hostile(course: Course, name: str, notebooks: list[bytes]) -> list[str]:
    """Hand these files in, each under a name of its own; return the names."""
    students = [f"hostile{number:04}" for number in range(len(notebooks))]
    for student, content in zip(students, notebooks, strict=True):
        folder = course.submitted / student / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_bytes(content)
    return students


def outcome(course: Course, name: str, students: list[str]) -> dict[str, dict[str, Any]]:
    """Return what these students got; everything that is made of the class is made, for all of it."""
    quiet = Console(file=io.StringIO(), width=100)
    show(course, name, quiet)
    class_page.write(course, name)
    similar.write_page(course, name, similar.similar(course, name, 0.5, quiet))
    with export.export(course, name).path.open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    points, known = class_points(course, name).students, results.load(course, name)
    found = {}
    for student in students:
        page = course.feedback / student / name / f"{name}.html"
        found[student] = {"points": points[student], "says": remarks(known[student]), "row": rows[student],
                          "feedback": page.read_bytes()}
    return found

"""A demonstration class that looks like one: names, mistakes as often as students make them, late work, an extension.

Made from the catalogue by a fixed draw, so that the same course gives the same class.
"""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random

import nbformat
from nbformat import NotebookNode

from gdm_grader.authoring import demo
from gdm_grader.course.catalogue import Answer
from gdm_grader.course.cells import SCHEME, label_of
from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.intake.times import TIMESTAMP_FILE, text_of
from gdm_grader.records import late, names
from gdm_grader.records.names import Person

FIRST = ("Ada", "Ben", "Chloé", "Dora", "Emil", "Fatima", "Georg", "Hana", "Ivan", "Jana", "Karim", "Lena", "Mateo",
         "Nina", "Omar", "Priya", "Quentin", "Rosa", "Sven", "Tuva", "Umut", "Vera", "Wei", "Yara", "Zoltán")
LAST = ("Abel", "Bianchi", "Costa", "Dvořák", "Eriksen", "Ferrari", "Grün", "Hansen", "Ito", "Jensen", "Kowalski",
        "Lee", "Moreau", "Novak", "Olsen", "Petrov", "Quispe", "Rossi", "Singh", "Tanaka", "Ueda", "Vogel", "Weber",
        "Young")
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
# The class, in parts of one: what a student does with a task, and what happens to whole notebooks.
RIGHT, WRONG = 0.78, 0.17  # of the tasks; the rest stays blank
DAMAGED, NOT_HANDED_IN_WELL = 0.03, 0.02
LATE = 0.08
ON_PURPOSE = {"ignores-interrupts"}  # damage that nobody does by mistake
FALLS_OFF = 0.6  # each further mistake of the catalogue is made this much less often than the one before
WRITTEN = 0.7  # of the students, to a question that a person grades; some of them write less than the solution
NO_IDEA = "I am not sure."
SOLUTION = re.compile("### (BEGIN|END) SOLUTION")


def make(course: Course, name: str, number: int) -> list[str]:
    """Write a class of `number` students, in the place of any demonstration class, and return them."""
    release, answers = demo.ingredients(course, name)
    texts = demo_submissions(release, answers, number, written_answers(course.read_source(name)))
    files = {student: {f"{name}.ipynb": text.rstrip("\n") + "\n"} for student, text in texts.items()}
    students = demo.put_class(course, name, files)
    furnish(course, name, number)
    return students


def people(number: int) -> dict[str, Person]:
    """Return that many students by folder; no two have one name."""
    found: dict[str, Person] = {}
    for place in range(number):
        first, last = FIRST[place % len(FIRST)], LAST[(place + place // len(FIRST)) % len(LAST)]
        login = f"{first[0]}{last}".lower()
        found[f"{login}_{1001 + place}"] = Person(first, last, f"{first}.{last}@example.org".lower())
    return found


def written_answers(source: NotebookNode) -> dict[str, list[str]]:
    """Return what students write in the cells that a person grades: the solution, a part of it, nothing of use."""
    found: dict[str, list[str]] = {}
    for cell in source.cells:
        if _is_written(cell):
            text = " ".join(SOLUTION.sub("", SCHEME.sub("", cell.source)).split())
            found[label_of(cell)] = [text, text.split(". ")[0].rstrip(".") + ".", NO_IDEA]
    return found


def demo_submissions(release: NotebookNode, answers: demo.AnswersByTask, number: int,
                     written: dict[str, list[str]]) -> dict[str, str]:
    """Return the text of each submission's notebook, by student."""
    draw, words = Random(number), Random(number + 2)
    found: dict[str, str] = {}
    damaged = cycle([nb for what, nb in demo.damaged(release, answers).items() if what not in ON_PURPOSE])
    for student in people(number):
        chance = draw.random()
        if chance < NOT_HANDED_IN_WELL:
            found[student] = demo.NOT_JSON
        elif chance < NOT_HANDED_IN_WELL + DAMAGED:
            found[student] = nbformat.writes(next(damaged))
        else:
            given = {task: drawn_answer(known, draw) for task, known in answers.items()}
            sources = {cell: words.choice(texts) for cell, texts in written.items() if words.random() < WRITTEN}
            for task, source in given.items():
                if source is not None:
                    sources[task] = source
            found[student] = nbformat.writes(demo.filled(release, sources))
    return found


def drawn_answer(known: list[Answer], draw: Random) -> str | None:
    """Draw one student's answer to a task: right in one of its ways, one of the mistakes, or None for no answer."""
    chance = draw.random()
    kind = "right" if chance < RIGHT else "wrong"
    if chance >= RIGHT + WRONG:
        return None
    fitting = demo.of_kind(known, kind) or demo.of_kind(known, "right")
    weights = [FALLS_OFF ** place for place in range(len(fitting))]
    return draw.choices(fitting, weights)[0].source


def furnish(course: Course, name: str, number: int) -> None:
    """Write when each student handed in, their names, the due date with its rule, and one extension."""
    draw, extended = Random(number + 1), ""
    for student in people(number):
        hours = -draw.expovariate(1 / 12)
        if draw.random() < LATE:
            hours = draw.uniform(1, 70)
            extended = extended or student
        when = text_of(DUE + timedelta(hours=hours))
        path = course.submitted / student / name / TIMESTAMP_FILE
        if not path.is_file() or path.read_bytes() != when:
            whole.write(path, when)
    stored = {student: asdict(person) for student, person in people(number).items()}
    whole.write(course.classroom / names.NAMES_FILE, json.dumps(stored, indent=1, ensure_ascii=False) + "\n")
    late.set_due(course, name, f"{DUE:%Y-%m-%d %H:%M} UTC")
    late.set_rule(course, name, late.Rule(percent=10))
    if extended:
        late.extend(course, name, extended, f"{DUE + timedelta(days=7):%Y-%m-%d %H:%M} UTC")


def _is_written(cell: NotebookNode) -> bool:
    """Return True for an answer that a person grades."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("grade") and nbgrader.get("solution")) and cell.cell_type == "markdown"

"""The names of the students, from a list of the class: kept with the class, and written into nbgrader's gradebook."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from nbgrader.api import Gradebook, Student

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.intake import ledger
from gdm_grader.intake.clean import printable
from gdm_grader.intake.roster.people import Teams, match
from gdm_grader.intake.roster.roster import Roster
from gdm_grader.records import gradebook

NAMES_FILE = "names.json"


@dataclass(frozen=True)
class Person:
    """A student as the list of the class has them; what it does not say is None."""

    first: str | None = None
    last: str | None = None
    email: str | None = None

    @property
    def full(self) -> str:
        return " ".join(filter(None, [self.first, self.last]))


def keep_names(course: Course, name: str, roster: Roster, teams: Teams | None = None) -> int:
    """Remember who the students are, as far as the list tells; return how many have a name now."""
    owners = match(course.students(name), roster, ledger.load(course.classroom).of(name), teams).owners
    several = list(owners.values())
    with whole.changing(_path(course)):
        people = load(course)
        for place, student in owners.items():
            if several.count(student) == 1:  # the folder of a team has no person's name
                people[student] = _person(roster, place)
        stored = {student: asdict(person) for student, person in people.items()}
        whole.write(_path(course), json.dumps(stored, indent=1, ensure_ascii=False) + "\n")
    put(course)
    return len(people)


def load(course: Course) -> dict[str, Person]:
    """Return the names that are known, by folder."""
    path = _path(course)
    if not path.is_file():
        return {}
    found = {}
    for student, stored in json.loads(path.read_text(encoding="utf-8")).items():
        found[student] = Person(**{key: text or None for key, text in stored.items()})  # older files have "" for none
    return found


def put(course: Course) -> None:
    """Write the names into the gradebook, so that formgrader and nbgrader's export show them."""
    people = load(course)
    if not people or not gradebook.exists(course):
        return
    with Gradebook(course.db_url) as book:
        for student in book.db.query(Student).filter(Student.id.in_(people)):
            person = people[student.id]
            student.first_name, student.last_name, student.email = person.first, person.last, person.email
        book.db.commit()


def _person(roster: Roster, place: int) -> Person:
    """Split a full name as the list writes it: "Doe, Jane", or "Jane Doe" with the last word as the last name."""
    row = roster.people[place]
    first, last = roster.value(row, "first"), roster.value(row, "last")
    full = roster.value(row, "name")
    if not (first or last) and full:
        before, comma, behind = full.partition(",")
        if comma:
            first, last = behind.strip(), before.strip()
        else:
            first, _, last = full.rpartition(" ")
    email = roster.value(row, "email")
    return Person(printable(first) or None, printable(last) or None, printable(email) or None)


def _path(course: Course) -> Path:
    return course.classroom / NAMES_FILE

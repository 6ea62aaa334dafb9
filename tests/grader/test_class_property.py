"""For any class that the writers make: what a platform imports is the gradebook, nobody else's cell changes, and a
second download changes nothing. Points are recorded, not graded: no kernel, no answers."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from gdm_grader.course.course import Course
from gdm_grader.intake import ledger
from gdm_grader.intake.collect import collect
from gdm_grader.intake.roster.roster import folder_name
from gdm_grader.intake.roster.sheet import read
from gdm_grader.records import write
from gdm_grader.records.results import Graded
from gdm_grader.reports.export import export
from tools.platforms import DOWNLOADED, HandIn, Person, blackboard, brightspace, canvas, moodle, others

# Points of the test cells, by their sum; five is what each platform's column takes at most.
SCORES = {0: {}, 2: {"test_double_values": 2.0}, 3: {"test_total_values": 3.0},
          5: {"test_double_values": 2.0, "test_total_values": 3.0}}
EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
NAMES = st.sampled_from(["Jane", "Jane Ann", "O'Neil", "Ümüt", "Öz-Roe", "Jose\u0301", "דוד", "प्रिया", "Li", "Doe",
                         "d'Arc", "Müller (PhD)", 'Bo "Bob"', "Late", "anon", "2003", "Test_User"])
LOGINS = st.sampled_from(["jdoe", "j.doe", "doe_j", "j_doe", "doe-2", "20231234", "s1001", "li", "x.y@uni.example",
                          "late", "anon", "tiny2", "attempt", "JRoe"])


@dataclass(frozen=True)
class Student(Person):
    """A person with a name of login that does not follow from the name."""

    own: str = ""

    @property
    def login(self) -> str:
        return self.own


PEOPLE = st.lists(st.builds(Student, NAMES, NAMES, st.integers(1, 9_999_999), own=LOGINS), min_size=1, max_size=6,
                  unique_by=(lambda person: person.number, lambda person: (person.first, person.last),
                             lambda person: person.login))


def of_others(key: str, attribute: str = "login"):
    """A reader of a table with a new column."""
    def imported(path: Path, people: list[Person]) -> dict[int, str]:
        grades = others.column(path, key, "tiny")
        return {person.number: grades[getattr(person, attribute)] for person in people}
    return imported


@dataclass(frozen=True)
class Platform:
    """A platform's files, and what it makes of ours; `marks` are what may stand there before. Where it has no numbers
    of people, a folder is a name of login."""

    submissions: Callable
    roster: Callable
    imported: Callable
    marks: tuple[str, ...] = ("", "1", "4.5")
    numbered: bool = True


def plain_list(path: Path, people: list[Person], marks: dict[int, str]) -> Path:
    return others.write_list(path, people)


PLATFORMS = {
    "canvas": Platform(canvas.write_submissions, partial(canvas.write_gradebook, possible="5"),
                       lambda path, people: canvas.imported(path, "Tiny (4711)")),
    "moodle": Platform(moodle.write_submissions,
                       lambda path, people, marks: moodle.write_worksheet(path, people, {}, marks=marks),
                       lambda path, people: moodle.imported(path)),
    "brightspace": Platform(brightspace.write_submissions, brightspace.write_grades, brightspace.imported),
    "blackboard": Platform(blackboard.write_submissions, blackboard.write_grades, blackboard.imported, numbered=False),
    "exchange": Platform(lambda path, work, downloaded: others.exchange(path, work, "tiny"), plain_list,
                         of_others("Login"), ("",), numbered=False),
    "github": Platform(lambda path, work, downloaded: others.github(path, work, "tiny"),
                       lambda path, people, marks: others.write_classroom_roster(path, people),
                       of_others("github_username"), ("",), numbered=False),
    "flat": Platform(lambda path, work, downloaded: others.flat(path, work, "tiny"), plain_list, of_others("Login"),
                     ("",), numbered=False),
}


@pytest.fixture(scope="module")
def prepared(released, tmp_path_factory):
    """A course with the assignment in its gradebook, and nobody in it yet."""
    root = tmp_path_factory.mktemp("prepared")
    shutil.copytree(released.root, root, dirs_exist_ok=True)
    course = Course.find(start=root)
    write.prepare_gradebook(course, "tiny")
    return course


def empty_class(prepared, folder):
    course = Course(prepared.root, folder)
    shutil.copy(prepared.gradebook, course.gradebook)
    return course


@pytest.mark.parametrize("platform", PLATFORMS)
@given(people=PEOPLE, data=st.data())
@settings(max_examples=6, deadline=None, derandomize=True)
def test_each_imported_grade_is_the_gradebooks(prepared, tmp_path_factory, platform, people, data):
    its = PLATFORMS[platform]
    folder = tmp_path_factory.mktemp("class")
    course = empty_class(prepared, folder)
    absent = data.draw(st.sets(st.sampled_from([person.number for person in people]), max_size=2))
    points = {person.number: data.draw(st.sampled_from([0, 2, 3, 5])) for person in people}
    marks = {person.number: data.draw(st.sampled_from(its.marks)) for person in people}
    at_work = [person for person in people if person.number not in absent]
    if not at_work:
        return
    work = [HandIn(person, {"tiny.ipynb": EMPTY}, late=person.number % 2 == 0, upload=6000 + place)
            for place, person in enumerate(at_work)]
    downloads = [its.submissions(folder / f"{name}.zip", work, downloaded=when)
                 for name, when in (("first", DOWNLOADED), ("second", datetime(2026, 12, 24)))]
    taken = [line for line in collect(course, "tiny", downloads[0]) if line.status != "ignored"]
    assert [line.status for line in taken] == ["new"] * len(at_work)
    record(course, points, at_work, its.numbered)
    again = [line.status for line in collect(course, "tiny", downloads[1]) if line.status != "ignored"]
    assert again == ["unchanged"] * len(at_work)
    path = its.roster(folder / "roster.csv", people, marks=marks)
    done = export(course, "tiny", roster=path)
    expected = {person.number: marks[person.number] if person.number in absent else str(points[person.number])
                for person in people}
    assert its.imported(done.path, people) == expected
    assert done.complaints == []
    assert_others_stay(path, done.path, len(at_work))


def record(course, points, at_work, numbered):
    """Give each student's folder the person's points, without grading."""
    uploads = ledger.load(course.classroom).of("tiny")
    by_login = {folder_name(person.login): person.number for person in at_work}
    with Gradebook(course.db_url) as book:
        for student in course.students("tiny"):
            number = int(uploads[student].number) if numbered else by_login[student]
            write.record(course, "tiny", Graded(student, {}, scores=SCORES[points[number]]), "digest", book)


def assert_others_stay(before, after, most):
    """One column changes, or is new; and only in the lines of those who handed in, and the head of a new one."""
    old, new = read(before), read(after)
    places, lines = set(), set()
    for line, (row, other) in enumerate(zip(old.rows, new.rows, strict=True)):
        cells = [*row.raw, *[""] * (len(other.raw) - len(row.raw))]
        changed = [place for place, cell in enumerate(other.raw) if cell != cells[place]]
        places.update(changed)
        if changed and line > 0:
            lines.add(line)
    assert len(places) <= 1
    assert len(lines) <= most

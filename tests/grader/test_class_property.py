"""For any class that the writers make: what a platform imports is the gradebook, nobody else's cell changes, and a
second download changes nothing. Points are recorded, not graded: no kernel, no answers."""

import shutil
from datetime import datetime
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from gdm_grader.course.course import Course
from gdm_grader.intake import ledger
from gdm_grader.intake.collect import collect
from gdm_grader.intake.roster.sheet import read
from gdm_grader.records import write
from gdm_grader.records.results import Graded
from gdm_grader.reports.export import export
from tools.platforms import DOWNLOADED, HandIn, Person, brightspace, canvas, moodle

# Points of the test cells, by their sum; five is what each platform's column takes at most.
SCORES = {0: {}, 2: {"test_double_values": 2.0}, 3: {"test_total_values": 3.0},
          5: {"test_double_values": 2.0, "test_total_values": 3.0}}
EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
NAMES = st.sampled_from(["Jane", "Jane Ann", "O'Neil", "Ümüt", "Öz-Roe", "Jose\u0301", "דוד", "प्रिया", "Li", "Doe",
                         "d'Arc", "Müller (PhD)", 'Bo "Bob"', "Late", "anon", "2003", "Test_User"])
PEOPLE = st.lists(st.builds(Person, NAMES, NAMES, st.integers(1, 9_999_999)), min_size=1, max_size=6,
                  unique_by=(lambda person: person.number, lambda person: (person.first, person.last)))
WRITERS = {
    "canvas": (canvas.write_submissions, partial(canvas.write_gradebook, possible="5"),
               lambda path, people: canvas.imported(path, "Tiny (4711)")),
    "moodle": (moodle.write_submissions, lambda path, people, marks: moodle.write_worksheet(path, people, {},
                                                                                            marks=marks),
               lambda path, people: moodle.imported(path)),
    "brightspace": (brightspace.write_submissions, brightspace.write_grades, brightspace.imported),
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


@pytest.mark.parametrize("platform", WRITERS)
@given(people=PEOPLE, data=st.data())
@settings(max_examples=10, deadline=None, derandomize=True)
def test_each_imported_grade_is_the_gradebooks(prepared, tmp_path_factory, platform, people, data):
    submissions, roster, imported = WRITERS[platform]
    folder = tmp_path_factory.mktemp("class")
    course = empty_class(prepared, folder)
    absent = data.draw(st.sets(st.sampled_from([person.number for person in people]), max_size=2))
    points = {person.number: data.draw(st.sampled_from([0, 2, 3, 5])) for person in people}
    marks = {person.number: data.draw(st.sampled_from(["", "1", "4.5"])) for person in people}
    at_work = [person for person in people if person.number not in absent]
    if not at_work:
        return
    zips = [submissions(folder / f"{name}.zip", [HandIn(person, {"tiny.ipynb": EMPTY}, late=person.number % 2 == 0,
                                                        upload=6000 + place) for place, person in enumerate(at_work)],
                        downloaded=when) for name, when in (("first", DOWNLOADED), ("second", datetime(2026, 12, 24)))]
    taken = [line for line in collect(course, "tiny", zips[0]) if line.status != "ignored"]
    assert [line.status for line in taken] == ["new"] * len(at_work)
    uploads = ledger.load(course.classroom).of("tiny")
    with Gradebook(course.db_url) as book:
        for student in course.students("tiny"):
            scores = SCORES[points[int(uploads[student].number)]]
            write.record(course, "tiny", Graded(student, {}, scores=scores), "digest", book)
    again = [line.status for line in collect(course, "tiny", zips[1]) if line.status != "ignored"]
    assert again == ["unchanged"] * len(at_work)
    path = roster(folder / "roster.csv", people, marks=marks)
    done = export(course, "tiny", roster=path)
    expected = {person.number: marks[person.number] if person.number in absent else str(points[person.number])
                for person in people}
    assert imported(done.path, people) == expected
    assert done.complaints == []
    assert_others_stay(path, done.path, {person.number for person in at_work}, imported, people)


def assert_others_stay(before, after, changed, imported, people):
    """Every line of somebody who handed nothing in comes back letter by letter."""
    old, new = read(before), read(after)
    lines = [place for place, (row, other) in enumerate(zip(old.rows, new.rows, strict=True)) if row != other]
    assert len(lines) <= len(changed)
    grades = imported(before, people), imported(after, people)
    assert all(grades[0][person.number] == grades[1][person.number] for person in people
               if person.number not in changed)

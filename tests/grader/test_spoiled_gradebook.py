"""A gradebook that is damaged, cut short or none at all: each command ends in a sentence and spoils nothing more."""

import shutil
import sqlite3
from contextlib import closing

import pytest

from gdm_grader import errors
from gdm_grader.records.points import class_points

COMMANDS = {"report": ("tiny",), "export": ("tiny",), "audit": ("tiny",),
            "feedback": ("tiny", "--workers", "1"), "grade": ("tiny", "--workers", "1"),
            "due": ("tiny", "2026-11-02 UTC"), "extend": ("tiny", "bob", "2026-12-24 UTC")}
PAGE_BYTES = 4096


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_in_its_first_page(path):
    path.write_bytes(path.read_bytes()[:1000])


def overwritten(path):
    whole = path.read_bytes()
    path.write_bytes(whole[:PAGE_BYTES] + b"\xa5" * (len(whole) - PAGE_BYTES))


def not_a_database(path):
    path.write_text("This is the gradebook of our class.\n" * 100)


def of_another_version(path):
    with closing(sqlite3.connect(path)) as book:
        book.execute("ALTER TABLE submitted_notebook RENAME COLUMN late_submission_penalty TO penalty")


SPOILED = [cut_short, cut_in_its_first_page, overwritten, not_a_database, of_another_version]


@pytest.fixture
def graded(course, small_class, grade_class, gdm):
    grade_class()
    assert gdm(course, "due", "tiny", "2026-11-05 UTC")[0] == 0
    with closing(sqlite3.connect(course.gradebook)) as book:
        book.execute("PRAGMA journal_mode=DELETE")  # all of it is in the one file
    return course


def points(course):
    return {student: sum(own.values()) for student, own in class_points(course, "tiny").students.items()}


@pytest.mark.parametrize("spoil", SPOILED)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_spoiled_gradebook_is_named_and_kept(graded, gdm, small_class, tmp_path_factory, command, spoil):
    kept = shutil.copy(graded.gradebook, tmp_path_factory.mktemp("backup"))
    spoil(graded.gradebook)
    before = graded.gradebook.read_bytes()
    status, output = gdm(graded, command, *COMMANDS[command])
    assert (status, errors.MENDS in output, "Traceback" in output) == (1, True, False), output
    assert str(graded.gradebook) in output
    if spoil is not of_another_version:  # what SQLite can read, a command may have begun to write
        assert graded.gradebook.read_bytes() == before
    shutil.copy(kept, graded.gradebook)
    assert points(graded) == small_class
    assert gdm(graded, command, *COMMANDS[command])[0] in (0, 3)


READ = ["report", "export", "audit", "feedback"]  # the commands that have nothing to say without a gradebook


@pytest.mark.parametrize("command", COMMANDS)
def test_an_empty_file_is_no_gradebook(graded, gdm, small_class, command):
    graded.gradebook.write_bytes(b"")
    status, output = gdm(graded, command, *COMMANDS[command])
    assert (status, f"Expected a gradebook at {graded.gradebook}, found none" in output) == \
        ((1, True) if command in READ else (0, False)), output
    assert gdm(graded, "grade", "tiny", "--workers", "1")[0] == 0
    assert points(graded) == small_class


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_in_its_place_is_named(graded, gdm, command):
    graded.gradebook.unlink()
    graded.gradebook.mkdir()
    status, output = gdm(graded, command, *COMMANDS[command])
    assert (status, f"Expected a gradebook at {graded.gradebook}, found a folder. Move it away." in output) == (1, True)

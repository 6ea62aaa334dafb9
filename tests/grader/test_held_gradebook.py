"""A gradebook that another program holds: no command waits in silence, and what only reads does not need it."""

import fcntl
import json
import os
import sqlite3
import threading
from contextlib import closing, contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from gdm_grader import cli_options, errors
from gdm_grader.course.course import Course
from gdm_grader.course.disk import patience, trouble, whole
from gdm_grader.records.points import class_points

HELD = "Another program holds the gradebook"
LATE = {"due": {"tiny": "2026-11-02T00:00:00+00:00"}, "late": {"tiny": {"percent": 10.0}}}


@pytest.fixture
def graded(course, small_class, grade, monkeypatch) -> Course:
    """A class that was graded, whose commands wait for moments."""
    grade()
    monkeypatch.setattr(patience, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(patience, "IN_VAIN", set())
    return course


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("gdm_grader.course.course.OTHER_WRITER_SECONDS", 0.5)


@contextmanager
def held(course, how):
    """Let another program hold the gradebook: with BEGIN IMMEDIATE, for example."""
    with closing(sqlite3.connect(course.gradebook, isolation_level=None, check_same_thread=False)) as other:
        other.execute(how)
        yield other


def as_nbgrader_makes_it(course):
    """Put the gradebook into SQLite's own mode, where a writer keeps readers out."""
    with closing(sqlite3.connect(course.gradebook)) as book:
        book.execute("PRAGMA journal_mode=DELETE")


def make_late(course):
    """Let somebody be late by a rule that the gradebook does not know yet."""
    (course.submitted / "ann" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    (course.classroom / "class.json").write_text(json.dumps(LATE))


def test_a_wait_is_said_and_the_command_goes_on_once_the_other_is_done(graded, gdm):
    with held(graded, "BEGIN IMMEDIATE") as other:
        release = threading.Timer(1.0, other.rollback)
        release.start()
        status, output = gdm(graded, "due", "tiny", "2026-11-02 UTC")
        release.join()
    assert (status, output.count(HELD)) == (0, 1)
    assert f"{HELD} {graded.gradebook}. Waiting for it, up to 60 s." in output


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_commit_is_waited_for_too(tmp_path, capsys, monkeypatch, mode):
    monkeypatch.setattr(patience, "QUIET_SECONDS", 0.1)
    path = tmp_path / "gradebook.db"
    with closing(patience.PatientConnection(str(path), timeout=60.0, check_same_thread=False)) as book:
        book.execute(f"PRAGMA journal_mode={mode}")
        book.executescript("CREATE TABLE grade (score); INSERT INTO grade VALUES (1);")
        reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM grade").fetchall()
        release = threading.Timer(1.0, reader.rollback)
        release.start()
        book.cursor().executemany("INSERT INTO grade VALUES (?)", [(2,), (3,)])
        book.commit()
        release.join()
        assert reader.execute("SELECT count(*) FROM grade").fetchall() == [(3,)]
        reader.close()
    assert capsys.readouterr().err.count(HELD) == (mode == "DELETE")


def test_what_has_nothing_to_write_does_not_wait(graded, gdm):
    with held(graded, "BEGIN IMMEDIATE"):
        for command in ("report", "export", "audit"):
            status, output = gdm(graded, command, "tiny")
            assert (status, HELD in output) == (0, False), output


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("command", "expected"), [("report", 0), ("export", 3), ("feedback", 3)])
def test_what_only_reads_goes_on_and_says_what_may_lack(graded, gdm, command, expected):
    make_late(graded)
    with held(graded, "BEGIN IMMEDIATE"):
        status, output = gdm(graded, command, "tiny")
    assert (status, "Points may lack what changed in due dates" in output) == (expected, True), output
    assert output.count(f"{HELD} {graded.gradebook}. Waiting for it") == 1
    status, output = gdm(graded, command, "tiny")
    assert (status, HELD in output) == (0, False)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", [
    ("report",), ("export",), ("feedback",), ("audit",), ("due", "tiny", "2026-11-02 UTC")])
def test_each_command_ends_in_a_sentence_and_nothing_is_lost(graded, gdm, small_class, command):
    as_nbgrader_makes_it(graded)
    name, *more = command
    with held(graded, "BEGIN EXCLUSIVE"):
        status, output = gdm(graded, name, *(more or ["tiny"]))
    assert (status, f"{HELD}. {errors.ENDS} {errors.GOES_ON}" in output) == (1, True), output
    assert output.count("Waiting for it") == 1
    assert {student: sum(own.values()) for student, own in class_points(graded, "tiny").students.items()} == small_class


@pytest.mark.parametrize("said", ["attempt to write a readonly database", "unable to open database file"])
def test_a_gradebook_that_this_user_may_not_write_is_named(graded, monkeypatch, said):
    monkeypatch.setattr(trouble, "AT_WORK", [])
    monkeypatch.chdir(graded.root)
    cli_options.class_of(None)
    monkeypatch.setattr(os, "access", lambda path, mode: mode == os.R_OK or str(path) != str(graded.gradebook))
    error = OperationalError("UPDATE", {}, sqlite3.OperationalError(said))
    assert errors.sentence_for(error).startswith(f"{graded.gradebook} cannot be written by this user. Its owner, ")


def test_a_wait_for_the_settings_is_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(whole, "QUIET_SECONDS", 0.1)
    path = tmp_path / "class.json"
    with (tmp_path / ".class.json.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        release = threading.Timer(1.0, lambda: fcntl.flock(other, fcntl.LOCK_UN))
        release.start()
        with whole.changing(path):
            release.join()
    assert capsys.readouterr().err == f"Another gdm is changing {path}. Waiting until it is done.\n"

"""Two commands at once, on one class: neither breaks the other's files, and no change is lost."""

import errno
import fcntl
import multiprocessing
import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from gdm_grader import errors
from gdm_grader.course import settings
from gdm_grader.course.disk import whole
from gdm_grader.grading import cohort

TIMES = 200
FORK = multiprocessing.get_context("fork")


def at_once(work, *arguments):
    """Run `work` in a process for each of the arguments, all at the same time; return their exit statuses."""
    running = [FORK.Process(target=work, args=(argument,)) for argument in arguments]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    return [process.exitcode for process in running]


def test_two_that_write_one_file_leave_that_of_one(tmp_path):
    path = tmp_path / "masks.html"

    def written(sign):
        for _ in range(TIMES):
            whole.write(path, sign * 100_000)

    assert at_once(written, "a", "b") == [0, 0]
    assert path.read_text() in ("a" * 100_000, "b" * 100_000)
    assert list(tmp_path.iterdir()) == [path]


def test_two_that_change_the_settings_keep_each_others_changes(tmp_path):
    def changed(student):
        for number in range(TIMES // 4):
            due = {f"{student}{number}": "2026-12-01T00:00:00+00:00"}
            settings.change(tmp_path, lambda now, due=due: replace(now, due=now.due | due))

    assert at_once(changed, "ann", "bob") == [0, 0]
    assert len(settings.load(tmp_path).due) == 2 * (TIMES // 4)


def test_feedback_waits_until_another_command_is_done_with_the_pages(course, small_class, grade, gdm):
    grade()
    with cohort.alone(course):
        status, output = gdm(course, "feedback", "tiny")
    assert (status, "Another gdm is at work on the class" in output) == (1, True)
    assert gdm(course, "feedback", "tiny")[0] == 0


def test_what_is_refused_while_another_is_at_work_changes_nothing(course, small_class, grade, gdm):
    grade()
    before = settings.load(course.classroom)
    with cohort.alone(course):
        for command in (("feedback", "tiny", "--book", "https://a.example"), ("demo", "tiny")):
            status, output = gdm(course, *command)
            assert (status, "Another gdm is at work on the class" in output) == (1, True)
    assert settings.load(course.classroom) == before


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_disk_that_locks_no_files_is_named(course, gdm, monkeypatch, number):
    def refused(*_):
        raise OSError(number, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refused)
    status, output = gdm(course, "due", "tiny", "2026-12-01 UTC")
    assert (status, f"The disk that holds {course.classroom} locks no files" in output) == (1, True)


@pytest.mark.parametrize(("said", "remedy"), [
    ("database is locked", errors.GOES_ON), ("file is not a database", errors.MENDS),
    ("no such column: submitted_notebook.late", errors.MENDS)])
def test_a_spoiled_gradebook_is_not_said_to_mend_itself(said, remedy):
    error = OperationalError("SELECT", {}, sqlite3.DatabaseError(said))
    assert errors.sentence_for(error) == f"The gradebook did not answer as it should: {said}. {remedy}"

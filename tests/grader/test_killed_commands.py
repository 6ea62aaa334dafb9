"""A command that is killed leaves no half file, and what it left undone the next one does."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from gdm_grader.course import converter, settings
from gdm_grader.course.disk import whole
from gdm_grader.feedback import page
from gdm_grader.grading import cohort
from gdm_grader.records import gradebook, move
from gdm_grader.records.regrade import changes
from gdm_grader.records.regrade.changes import Changed
from tests.grader.pages import write_page

ROOT = Path(__file__).parents[2]


class Killed(BaseException):
    """Nobody catches it, as nobody hears a kill."""


def kill(*_, **__):
    raise Killed


@pytest.fixture
def late(course, small_class, grade):
    """A class that was graded, with everybody's page; bob handed in on the third."""
    (course.submitted / "bob" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    grade()
    for student in small_class:
        write_page(student, course)
    return course


def test_pages_and_changes_that_a_killed_command_left_undone_are_written_by_the_next(late, gdm, monkeypatch):
    bob = late.feedback / "bob" / "tiny" / "tiny.html"
    before = bob.read_text()
    with monkeypatch.context() as killed:
        killed.setattr(cohort, "write_feedback", kill)
        with pytest.raises(Killed):
            gdm(late, "due", "tiny", "2026-11-01 UTC", "--percent", "10")
    assert bob.read_text() == before
    status, output = gdm(late, "report", "tiny")
    assert (status, "bob: 3 -> 2.4 points: late work: 2 days" in output) == (0, True)
    assert "2.4 remain" in bob.read_text()
    assert (late.reports / "tiny-changes.csv").read_text().count("bob,3,2.4,") == 1
    assert "->" not in gdm(late, "report", "tiny")[1]
    assert [path for path in late.classroom.iterdir() if "unfinished" in path.name] == []


def test_a_change_is_told_once_for_each_time_that_it_happens(late):
    down, up = Changed("bob", 3, 2.4, "late work", False), Changed("bob", 2.4, 3, "late work", False)
    for changed in (down, down, up, down):
        changes.write(late, "tiny", [changed])
    lines = (late.reports / "tiny-changes.csv").read_text().splitlines()
    assert [line.split(",")[2:4] for line in lines] == [["before", "after"], ["3", "2.4"], ["2.4", "3"], ["3", "2.4"]]


def test_a_page_stands_until_the_new_one_is_done(late, monkeypatch):
    bob = late.feedback / "bob" / "tiny" / "tiny.html"
    before = bob.read_text()
    with monkeypatch.context() as killed:
        killed.setattr(page, "_write_pages", kill)
        with pytest.raises(Killed):
            write_page("bob", late)
    assert bob.read_text() == before
    with monkeypatch.context() as broken:
        broken.setattr(page, "_convert", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_page("bob", late)
    assert not bob.exists()  # an older page would pass for today's


def test_what_a_killed_page_left_in_its_stage_gets_into_no_page(late):
    stage = late.feedback / "bob" / ".part" / "bob" / "tiny"
    stage.mkdir(parents=True)
    (stage / "half.html").write_text("<h")
    write_page("bob", late)
    assert [path.name for path in (late.feedback / "bob").rglob("*.html")] == ["tiny.html"]


def test_a_part_that_a_kill_left_is_removed_once_nobody_can_be_at_work_on_it(tmp_path):
    old, fresh, other = (tmp_path / name for name in ("a.csv.17.part", "a.csv.18.part", "b.csv.17.part"))
    for part in (old, fresh, other):
        part.write_text("half")
    for part in (old, other):
        os.utime(part, (time.time() - 2 * whole.ABANDONED_SECONDS,) * 2)
    whole.write(tmp_path / "a.csv", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.csv.18.part", "b.csv.17.part"]


def test_a_gradebook_has_all_tables_or_none(tmp_path, monkeypatch):
    address = f"sqlite:///{tmp_path}/gradebook.db"
    with monkeypatch.context() as killed:
        killed.setattr(converter.ScriptDirectory, "get_current_head", kill)
        with pytest.raises(Killed):
            converter.create_tables(address)
    converter.create_tables(address)
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as book:
        assert len(book.execute("SELECT * FROM alembic_version").fetchall()) == 1


@pytest.mark.parametrize("moment", ["change", "put_aside"])
def test_a_move_of_the_gradebook_that_was_killed_is_done_by_the_next(late, tmp_path, monkeypatch, moment):
    address, rows = f"sqlite:///{tmp_path}/elsewhere.db", move.dump(late.db_url)
    with monkeypatch.context() as killed:
        killed.setattr(settings if moment == "change" else move, moment, kill)
        with pytest.raises(Killed):
            gradebook.choose(late, address)
    gradebook.choose(late, address)
    assert (late.db_url, move.dump(address), late.gradebook.exists()) == (address, rows, False)


@pytest.mark.slow
def test_each_command_killed_before_each_change_of_a_file_and_at_random_moments():
    done = subprocess.run([sys.executable, "-m", "tools.kill_commands", "--points", "1"], cwd=ROOT, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert done.stdout.count(" 0 wrong") == 22

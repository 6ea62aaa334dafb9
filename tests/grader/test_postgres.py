"""The gradebook in a real PostgreSQL: the same class, the same points, the same audit."""

import json
import stat
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from gdm_grader import errors
from gdm_grader.records import gradebook, move
from gdm_grader.records.audit import audit
from gdm_grader.records.late import days_late, extend, set_due
from gdm_grader.records.points import class_points

from . import postgres


@pytest.fixture(scope="module")
def server():
    with postgres.server() as address:
        yield address


@pytest.fixture
def address(server):
    """A database of the test's own."""
    name = f"class_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def totals(course):
    return {student: sum(own.values()) for student, own in class_points(course, "tiny").students.items()}


def test_a_class_is_graded_late_days_counted_and_the_points_proved(course, small_class, grade, address):
    gradebook.choose(course, address)
    (course.submitted / "bob" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    assert grade() == ["ann", "bob", "cid", "dora"]
    assert not course.gradebook.exists()
    assert totals(course) == small_class
    assert grade() == []
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    assert days_late(course, "tiny") == {"bob": 2}
    found = audit(course, "tiny")
    assert (found.students, found.cells, found.wrong) == (4, 12, [])


def test_the_address_is_kept_with_the_class_for_all_who_grade(course, small_class, stand_in, gdm, address):
    status, output = gdm(course, "grade", "tiny", "--db", address)
    assert (status, "4 submissions, 4 to grade" in output) == (0, True)
    assert "4 submissions, 0 to grade" in gdm(course, "grade", "tiny")[1]
    assert "bob 0 3 3" in gdm(course, "report", "tiny")[1]
    kept = course.classroom / "class.json"
    assert make_url(json.loads(kept.read_text())["db_url"]).drivername == "postgresql+psycopg"
    assert stat.S_IMODE(kept.stat().st_mode) & stat.S_IRGRP


def test_a_class_moves_there_and_back_with_every_row(course, small_class, grade, address):
    grade()
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    extend(course, "tiny", "bob", "2026-11-08 12:00 +00:00")
    with gradebook.open_gradebook(course) as book:
        book.find_grade("test_double_values", "tiny", "tiny", "bob").manual_score = 0.25
        book.find_comment("double", "tiny", "tiny", "bob").manual_comment = "nearly: é"
        book.db.commit()
    before = move.dump(course.db_url)
    gradebook.choose(course, address)
    assert move.dump(course.db_url) == before
    assert not course.gradebook.exists()
    assert grade() == []
    gradebook.choose(course, "sqlite")
    assert move.dump(course.db_url) == before


def test_a_database_that_goes_away_is_a_sentence(course, small_class, grade, server, address):
    gradebook.choose(course, address)
    grade()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {make_url(address).database} WITH (FORCE)")
    with pytest.raises(Exception, match="connection") as failure:
        totals(course)
    assert errors.sentence_for(failure.value).startswith("The gradebook did not answer as it should")


@pytest.mark.parametrize("address", ["postgresql://nobody@/none?host=/nowhere", "not an address", "oracle+none://x/y"])
def test_an_address_where_nothing_answers_is_refused_before_it_is_kept(course, small_class, gdm, address):
    status, output = gdm(course, "grade", "tiny", "--db", address)
    assert status == 1
    assert "Traceback" not in output
    assert output
    assert not (course.classroom / "class.json").exists()


def test_a_password_is_not_shown(course):
    course.classroom.mkdir(parents=True)
    (course.classroom / "class.json").write_text(json.dumps({"db_url": "postgresql+psycopg://me:secret@host/db"}))
    assert gradebook.address_shown(course) == "postgresql+psycopg://me:***@host/db"

"""A class of several people: one gradebook for every tool, files of the group, two assistants at once."""

import json
import os
import shutil
import stat
from threading import Thread

import pytest
from nbgrader.api import Gradebook
from traitlets.config.loader import PyFileConfigLoader

from gdm_grader.errors import ClassError
from gdm_grader.records import gradebook, move
from gdm_grader.records.audit import audit
from gdm_grader.records.late import extend, set_due

from . import postgres

HAND_POINT = 0.25


@pytest.fixture
def handled(course, small_class, grade):
    """A class with a due date, an extension, a point by hand and a comment."""
    grade()
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    extend(course, "tiny", "bob", "2026-11-08 12:00 +00:00")
    with gradebook.open_gradebook(course) as book:
        book.find_grade("test_double_values", "tiny", "tiny", "bob").manual_score = HAND_POINT
        book.find_comment("double", "tiny", "tiny", "bob").manual_comment = "nearly: é"
        book.db.commit()
    return course


def test_a_gradebook_moves_as_a_whole_and_back(handled, tmp_path):
    before, other = move.dump(handled.db_url), f"sqlite:///{tmp_path}/other.db"
    assert gradebook.choose(handled, other)
    assert move.dump(handled.db_url) == before
    assert before["grade"]
    assert handled.db_url == other
    assert not handled.gradebook.exists()
    assert audit(handled, "tiny").by_hand == ["bob, test_double_values: 0 by the grader, 0.25 by hand"]
    assert gradebook.choose(handled, "sqlite")
    assert move.dump(handled.db_url) == before
    assert handled.gradebook.is_file()
    assert not gradebook.choose(handled, "sqlite")


def test_a_database_that_holds_a_gradebook_is_not_written_over(handled, tmp_path):
    shutil.copy(handled.gradebook, tmp_path / "theirs.db")
    with Gradebook(f"sqlite:///{tmp_path}/theirs.db") as book:
        book.add_student("someone else")
    theirs = move.dump(f"sqlite:///{tmp_path}/theirs.db")
    with pytest.raises(ClassError, match="Name an empty database"):
        gradebook.choose(handled, f"sqlite:///{tmp_path}/theirs.db")
    assert move.dump(f"sqlite:///{tmp_path}/theirs.db") == theirs
    assert handled.gradebook.is_file()


def test_every_nbgrader_tool_reads_the_gradebook_that_gdm_reads(handled, tmp_path, monkeypatch):
    monkeypatch.setenv("GDM_CLASS", str(handled.classroom.relative_to(handled.root)))

    def theirs():
        return PyFileConfigLoader("nbgrader_config.py", path=str(handled.root)).load_config().CourseDirectory.db_url

    assert theirs() == handled.db_url
    gradebook.choose(handled, f"sqlite:///{tmp_path}/other.db")
    assert theirs() == handled.db_url == f"sqlite:///{tmp_path}/other.db"


def test_a_password_is_refused_and_nothing_is_kept(course):
    with pytest.raises(ClassError, match=r"~/\.pgpass"):
        gradebook.choose(course, "postgresql://me:secret@host/db")
    assert not (course.classroom / "class.json").exists()


def test_what_a_group_may_write_to_it_may_go_on_writing_to(course, small_class, stand_in, gdm):
    course.classroom.chmod(0o2775)
    before = os.umask(0o022)
    try:
        assert gdm(course, "due", "tiny", "2026-12-01 UTC")[0] == 0
        assert gdm(course, "grade", "tiny")[0] == 0
        assert gdm(course, "report", "tiny")[0] == 0
    finally:
        os.umask(before)
    made = [path for path in course.classroom.rglob("*") if not path.is_relative_to(course.submitted)]
    wanted = stat.S_IRGRP | stat.S_IWGRP
    assert [path.name for path in made if path.stat().st_mode & wanted != wanted] == []
    assert (course.classroom / "secret.key") in made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def shared(request, course):
    """The course with its gradebook in a file, or in a server of the test's own."""
    if request.param == "sqlite":
        yield course
        return
    with postgres.server() as address:
        gradebook.choose(course, address)
        yield course


def test_two_assistants_at_once_lose_nothing(shared, course, small_class, grade):
    """One grades by hand, one regrades, again and again."""
    grade()
    given = {"ann": [], "bob": []}

    def by_hand():
        for number in range(8):
            for student, points in given.items():
                with gradebook.open_gradebook(course) as book:
                    book.find_grade("test_double_values", "tiny", "tiny", student).manual_score = number / 8
                    book.find_comment("double", "tiny", "tiny", student).manual_comment = f"note {number}"
                    book.db.commit()
                points.append(number / 8)

    assistant = Thread(target=by_hand)
    assistant.start()
    for number in range(3):
        for student in given:
            (course.submitted / student / "tiny" / "notes.txt").write_text(f"again {number}")
        assert grade() == ["ann", "bob"]
    assistant.join()
    with gradebook.open_gradebook(course) as book:
        for student, points in given.items():
            assert len(points) == 8
            assert book.find_grade("test_double_values", "tiny", "tiny", student).manual_score == points[-1]
            assert book.find_comment("double", "tiny", "tiny", student).manual_comment == "note 7"
    assert audit(course, "tiny").wrong == []
    assert json.loads((course.results / "tiny" / "ann.json").read_text())["scores"]["test_double_values"] == 2

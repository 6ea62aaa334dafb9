"""A run over a class: what is interrupted, killed, locked or full loses nothing and counts nothing twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Grade, Student, SubmittedAssignment

from gdm_grader import errors
from gdm_grader.errors import GraderError
from gdm_grader.grading import cohort, workers
from gdm_grader.records import gradebook, results
from gdm_grader.records.audit import audit
from gdm_grader.records.points import class_points
from tests.grader.small_disk import may_mount

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "tools.bench.stand_in"]


def totals(course):
    return {student: sum(own.values()) for student, own in class_points(course, "tiny").students.items()}


def start(course, *prefix):
    return subprocess.Popen([*prefix, *COMMAND, str(course.root)], cwd=ROOT, stderr=subprocess.PIPE, text=True,
                            env=os.environ | {"PYTHONPATH": str(ROOT)})


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def recorded(course):
    return {path: path.stat().st_mtime_ns for path in course.results.glob("tiny/*.json")}


def test_only_what_changed_is_graded_again(course, small_class, hand_in, grade_class):
    assert grade_class() == ["ann", "bob", "cid", "dora"]
    before = recorded(course)
    assert totals(course) == small_class
    assert grade_class() == []
    hand_in("bob", double=1, total=0)
    assert grade_class() == ["bob"]
    assert totals(course) == small_class | {"bob": 6}
    changed = {path.stem for path, when in recorded(course).items() if before[path] != when}
    assert changed == {"bob"}


def test_a_gradebook_that_was_lost_is_filled_again(course, small_class, grade_class):
    grade_class()
    for path in course.classroom.glob("gradebook.db*"):
        path.unlink()
    assert grade_class() == ["ann", "bob", "cid", "dora"]
    assert totals(course) == small_class


def test_a_result_that_was_cut_off_is_graded_again(course, small_class, grade_class):
    grade_class()
    (course.results / "tiny" / "ann.json").write_text('{"student": "ann", "dig')
    assert grade_class() == ["ann"]
    assert audit(course, "tiny").wrong == []


def test_a_worker_that_dies_loses_nothing(course, small_class, hand_in, grade_class):
    hand_in("unlucky-eve", double=0, total=0)
    hand_in("deadly-mallory", double=0, total=0)
    grade_class()
    assert totals(course) == small_class | {"unlucky-eve": 6, "deadly-mallory": 0}
    mallory = results.load(course, "tiny")["deadly-mallory"]
    assert mallory.waits
    assert "ended the grader's process" in mallory.fault
    assert audit(course, "tiny").wrong == []
    assert audit(course, "tiny").waiting == ["deadly-mallory: not graded, by a fault of the grader"]


@pytest.fixture
def slow_class(course, hand_in, small_class):
    for number in range(8):
        hand_in(f"slow-{number}", double=0, total=0)
    return small_class | {f"slow-{number}": 6 for number in range(8)}


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_grader_that_is_stopped_midway_goes_on_where_it_was(course, slow_class, grade_class, how):
    process = start(course)
    wait_until(lambda: len(recorded(course)) >= 5)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    process.communicate()
    assert process.returncode != 0
    wait_until(lambda: not any(child.is_running() and child.status() != "zombie" for child in family), 20)
    before = recorded(course)
    assert 5 <= len(before) < 12
    assert sorted(grade_class()) == sorted(set(slow_class) - {path.stem for path in before})
    assert {path: when for path, when in recorded(course).items() if path in before} == before
    assert totals(course) == slow_class
    assert audit(course, "tiny").wrong == []


@pytest.mark.slow
def test_a_second_grader_says_that_another_is_at_work_and_a_dead_one_holds_nothing(course, slow_class, gdm):
    process = start(course)
    wait_until(lambda: recorded(course))
    status, output = gdm(course, "grade", "tiny")
    assert (status, "Another gdm is at work on the class" in output) == (1, True)
    process.kill()
    process.communicate()
    with cohort.alone(course):
        pass


def test_a_locked_gradebook_is_said_so_and_the_next_run_goes_on(course, small_class, hand_in, grade_class, monkeypatch):
    monkeypatch.setattr("gdm_grader.course.course.OTHER_WRITER_SECONDS", 0.5)
    grade_class()
    hand_in("ann", double=2, total=0)
    other = sqlite3.connect(course.gradebook)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Exception, match="database is locked") as failure:
        grade_class()
    assert errors.sentence_for(failure.value).endswith(errors.GOES_ON)
    other.rollback()
    other.close()
    assert grade_class() == ["ann"]
    assert totals(course) == small_class | {"ann": 3}


@pytest.mark.skipif(not may_mount(), reason="a small disk needs a mount namespace, which this machine forbids")
@pytest.mark.slow
def test_a_full_disk_is_said_so_and_the_next_run_goes_on(course, hand_in, small_class, grade_class):
    for number in range(40):
        hand_in(f"many-{number:02}", double=0, total=0)
    shutil.move(course.submitted, course.root / "submitted")
    script = (f"mount -t tmpfs -o size=600k tmpfs {course.classroom} && ln -s {course.root}/submitted "
              f"{course.submitted}; {' '.join(COMMAND)} {course.root}; status=$?; "
              f"mkdir {course.root}/kept; cp -r {course.results} {course.gradebook}* {course.autograded} "
              f"{course.root}/kept; exit $status")
    done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", script], cwd=ROOT, text=True,
                          capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode != 0
    assert "No space left on device" in done.stderr or "database or disk is full" in done.stderr
    for path in (course.root / "kept").iterdir():
        shutil.move(path, course.classroom)
    shutil.move(course.root / "submitted", course.submitted)
    before = recorded(course)
    assert 0 < len(before) < 44
    grade_class()
    assert totals(course) == small_class | {f"many-{number:02}": 6 for number in range(40)}
    assert audit(course, "tiny").wrong == []


@pytest.mark.parametrize(("error", "sentence"), [
    (OSError(28, "No space left on device", "/proc/stat"), "No space is left on /proc, the disk that holds /proc"),
    (KeyboardInterrupt(), "Stopped. What was graded is kept"),
    (errors.GraderError("a sentence"), "a sentence"),
])
def test_what_a_person_can_mend_is_a_sentence(error, sentence):
    assert errors.sentence_for(error).startswith(sentence)


@pytest.mark.parametrize("error", [RuntimeError("a bug"), ValueError("zip() argument 2"), KeyError("x"), None])
def test_a_fault_of_the_program_is_none(error):
    assert errors.sentence_for(error) is None


def rows(course):
    """The number of rows of each table of the gradebook, and the points."""
    with gradebook.open_gradebook(course) as book:
        counts = {kind.__name__: book.db.query(kind).count() for kind in (Student, SubmittedAssignment, Grade)}
        return counts, sorted((grade.student.id, grade.name, grade.score) for grade in book.db.query(Grade))


def test_recording_twice_counts_once(course, small_class, grade_class):
    grade_class()
    before = rows(course)
    for student in small_class:
        results.forget(course, "tiny", student)
    grade_class()
    assert rows(course) == before


def test_workers_that_cannot_start_end_the_run_and_blame_no_student(monkeypatch):
    monkeypatch.setattr(workers, "_start", os.abort)
    with pytest.raises(GraderError, match="The worker processes could not be started"):
        list(workers.each(str, ["ann", "bob"], workers.Processes(2)))

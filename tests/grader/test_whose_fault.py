"""A fault belongs to the person at the keyboard, to a submission, or to the grader; each is told apart, and told."""

import json
import logging
import tempfile
from dataclasses import replace

import pytest
from rich.console import Console

from gdm_grader import errors
from gdm_grader.course import assignment, settings
from gdm_grader.feedback import page
from gdm_grader.grading import cohort, diagnosis, digest, grade, verdict
from gdm_grader.grading.workers import Processes
from gdm_grader.records import results, write
from gdm_grader.records.audit import audit
from gdm_grader.records.points import class_points
from gdm_grader.records.results import NOT_GRADED, Graded
from gdm_grader.reports.table import notes_of, remarks
from gdm_grader.sandbox.host.process import SandboxError
from tests.grader.pages import write_page
from tools.bench import stand_in as stand_in_module


def broken_bug(*_, **__):
    raise KeyError("raster")


def confusing_bug(*_, **__):
    raise ValueError("zip() argument 2 is shorter than argument 1")


BUGS = [broken_bug, confusing_bug]


@pytest.mark.parametrize("bug", BUGS)
def test_a_diagnosis_that_fails_costs_no_point(course, hand_in, monkeypatch, bug):
    hand_in("ann", double=2, total=0)
    monkeypatch.setattr(diagnosis, "explain", bug)
    graded = grade.grade("ann", course, "tiny", seed=7)
    assert (graded.broken, graded.waits) == (None, False)
    assert sum(graded.scores.values()) == 4
    assert bug.__name__ in graded.fault
    assert remarks(graded).startswith("grader: the points stand")


@pytest.mark.parametrize("bug", BUGS)
@pytest.mark.parametrize("place", ["decide", "read"])
def test_a_bug_of_the_grader_is_no_fault_of_the_submission(course, hand_in, monkeypatch, bug, place):
    hand_in("ann", double=1, total=0)
    monkeypatch.setattr(verdict if place == "decide" else assignment, place, bug)
    graded = grade.grade("ann", course, "tiny", seed=7)
    assert graded.broken == NOT_GRADED
    assert bug.__name__ in graded.fault
    assert "raster" not in remarks(graded)
    assert remarks(graded).startswith("grader:")


def test_a_sandbox_that_cannot_start_is_no_fault_of_the_submission(course, hand_in, monkeypatch):
    def no_sandbox(*_):
        raise SandboxError("the kernel was not started: no user namespaces")

    hand_in("ann", double=1, total=0)
    monkeypatch.setattr(grade, "shared_kernels", no_sandbox)
    graded = grade.grade("ann", course, "tiny", seed=7)
    assert graded.waits
    assert "no user namespaces" in graded.fault


def test_a_temporary_folder_too_deep_for_sockets_is_a_sentence_with_what_to_do(course, hand_in, gdm, monkeypatch):
    hand_in("ann", double=1, total=0)
    monkeypatch.setattr(tempfile, "tempdir", "/tmp/" + "x" * 100)
    status, output = gdm(course, "grade", "tiny")
    assert status == errors.FAILED
    assert "Set TMPDIR to a shorter one" in output


@pytest.fixture
def with_a_fault(course, small_class, monkeypatch):
    """A class in which the grader fails on bob; what it says of the others is the stand-in's."""
    def failing(student, *arguments, **options):
        graded = stand_in_module.grade(student, *arguments, **options)
        if student != "bob":
            return graded
        return Graded("bob", broken=NOT_GRADED, fault="Traceback: KeyError: 'raster'", seed=7)

    stand_in_module.replace_grading(monkeypatch.setattr)
    monkeypatch.setattr(cohort, "_grade", failing)
    monkeypatch.setattr(cohort, "pool_of", lambda *_: _Here())
    return course


class _Here:
    """A pool of this process: a patched function does not travel to a worker."""

    def __enter__(self):
        return Processes(1)

    def __exit__(self, *_):
        return None


@pytest.fixture(autouse=True)
def _each_here(monkeypatch):
    monkeypatch.setattr(cohort, "each", lambda work, students, *_: ((student, work(student)) for student in students))


def run(course, **options):
    return cohort.grade_class(course, "tiny", cohort.to_grade(course, "tiny"), 1, Console(quiet=True), **options)


def test_a_fault_is_logged_and_told_and_tried_again_and_the_class_goes_on(with_a_fault, caplog):
    with caplog.at_level(logging.ERROR, logger="gdm_grader"):
        assert run(with_a_fault) is False
    assert "KeyError: 'raster'" in caplog.text
    points = class_points(with_a_fault, "tiny").students
    assert {student: sum(own.values()) for student, own in points.items()} == {"ann": 6, "bob": 0, "cid": 0, "dora": 0}
    found = audit(with_a_fault, "tiny")
    assert (found.wrong, found.waiting) == ([], ["bob: not graded, by a fault of the grader"])
    assert digest.outdated(with_a_fault, "tiny") == ["bob"]


def test_points_that_are_there_stay_when_grading_again_fails(course, small_class, grade, with_a_fault):
    for student in small_class:
        graded = stand_in_module.grade(student, course, "tiny")
        write.prepare_gradebook(course, "tiny")
        write.record(course, "tiny", graded, "before")
    assert run(course) is False
    assert sum(class_points(course, "tiny").students["bob"].values()) == small_class["bob"]
    assert (course.autograded / "bob" / "tiny" / "tiny.ipynb").is_file()


def test_the_command_ends_with_another_status_and_names_the_log(with_a_fault, gdm):
    status, output = gdm(with_a_fault, "grade", "tiny")
    assert status == errors.FAILED
    assert "bob: not graded, by a fault of the grader" in output
    assert "gdm.log" in output
    assert "audit: the gradebook holds exactly" not in output
    assert "KeyError" in with_a_fault.log.read_text()


def test_the_page_blames_no_student_for_a_fault_of_the_grader(course, small_class, grade):
    grade()
    dora = results.find(course, "tiny", "dora")
    text = write_page("dora", course).read_text()
    assert "Restart kernel" in text
    assert "<a " not in text
    settings.change(course.classroom, lambda now: replace(now, book="https://uni.example/book/"))
    assert '<a href="https://uni.example/book/students.html">' in write_page("dora", course).read_text()
    results.save(course, "tiny", replace(dora, broken=NOT_GRADED, fault="Traceback"), "")
    text = write_page("dora", course).read_text()
    assert "Restart kernel" not in text
    assert "Your instructor has been told" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("command", [("demo", "tiny"), ("similar", "tiny")])
@pytest.mark.parametrize("text", [None, "", "{}", '{"cells": [', "[]", "<html>"])
def test_a_release_that_is_no_notebook_is_a_sentence_with_what_to_do(course, small_class, gdm, command, text):
    path = course.release("tiny")
    path.unlink()
    if text is not None:
        path.write_text(text)
    if command[0] == "demo":
        for folder in course.submitted.iterdir():
            (folder / "tiny" / "tiny.ipynb").unlink()
        course.demonstration_mark.touch()
    status, output = gdm(course, *command)
    assert status == errors.FAILED
    assert "tiny.ipynb" in output
    assert "Run `gdm release tiny`" in output


@pytest.mark.parametrize("metadata", [{"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}},
                                      {"language_info": {"name": "R"}}])
@pytest.mark.parametrize("command", ["release", "grade"])
def test_a_source_in_another_language_is_said_to_be_one(course, small_class, gdm, metadata, command):
    source = json.loads(course.source("tiny").read_text())
    course.source("tiny").write_text(json.dumps(source | {"metadata": metadata}))
    status, output = gdm(course, command, "tiny")
    assert status == errors.FAILED
    assert "Expected a notebook in Python, but solutions/tiny/tiny.ipynb is one in R" in output


@pytest.mark.parametrize("text", ["", "{}", '{"cells": ['])
def test_a_source_that_is_no_notebook_is_a_sentence_with_what_to_do(course, gdm, text):
    course.source("tiny").write_text(text)
    status, output = gdm(course, "release", "tiny")
    assert status == errors.FAILED
    assert "solutions/tiny/tiny.ipynb" in output


def test_feedback_that_cannot_be_written_leaves_the_points_and_is_told_and_tried_again(course, small_class, grade,
                                                                                     monkeypatch, gdm):
    grade()
    before = class_points(course, "tiny").students
    with monkeypatch.context() as broken:
        broken.setattr(cohort, "watched", lambda work, students, *_: ((one, work(one)) for one in students))
        broken.setattr(page, "write", broken_bug)
        assert cohort.write_feedback(course, "tiny", ["ann"], 1, Console(quiet=True)) is False
    assert class_points(course, "tiny").students == before
    assert "ann" in cohort.without_page(course, "tiny")
    assert "ann" in gdm(course, "report", "tiny")[1]
    assert notes_of(course, "tiny", results.load(course, "tiny"))["ann"].startswith("grader: no feedback page")
    write_page("ann", course)
    assert notes_of(course, "tiny", results.load(course, "tiny"))["ann"] == ""

"""The command `gdm`, and plain nbgrader beside it."""

import shutil
from importlib.metadata import version

import nbformat
import pytest
from typer.testing import CliRunner

from gdm_grader.authoring import demo
from gdm_grader.cli import app
from gdm_grader.course.catalogue import load
from tools.plain_nbgrader import nbgrader, without_sandbox


def test_a_class_goes_from_release_to_report(gdm, course):
    assert gdm(course, "release", "tiny", "--check")[0] == 0
    assert gdm(course, "demo", "tiny")[0] == 0
    for student in course.students("tiny"):
        if student not in ("blank", "right-way-1"):
            shutil.rmtree(course.submitted / student)
    status, output = gdm(course, "grade", "tiny", "--workers", "1")
    assert (status, "2 submissions, 2 to grade" in output) == (0, True)
    assert "2 submissions, 0 to grade" in gdm(course, "grade", "tiny")[1]
    assert "audit: the gradebook holds exactly the points given, 2 submissions, 6 graded cells" in output
    table = gdm(course, "report", "tiny")[1]
    assert "blank 0 0 0 right-way-1 3 3 6 class mean 1.5 1.5 3.0" in table
    assert "the class's page: _build/class/report/tiny.html" in table
    page = course.feedback / "blank" / "tiny" / "tiny.html"
    page.unlink()
    assert "2 submissions, 0 to grade" in gdm(course, "grade", "tiny", "--workers", "1")[1]
    assert page.is_file()  # as after a run that was killed between grading and feedback
    page.unlink()
    assert gdm(course, "feedback", "tiny", "--workers", "1")[0] == 0
    assert page.is_file()


def test_the_versions_are_those_of_what_is_installed(gdm, course):
    status, output = gdm(course, "--version")
    assert status == 0
    assert output.split(", ")[0] == f"gdm-grader {version('gdm-grader')}"
    assert f"torch {version('torch')}" in output


def test_a_release_out_of_step_fails_the_check(gdm, course):
    course.release("tiny").unlink()
    status, output = gdm(course, "release", "tiny", "--check")
    assert (status, "assignments/tiny: tiny.ipynb is missing; run `gdm release tiny`" in output) == (1, True)


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("grade", "tiny"), "Expected submissions _build/class/submitted/STUDENT/tiny/tiny.ipynb, found none."),
    (("report", "tiny"), "Run `gdm grade` first."),
    (("release", "huge"), "Known assignments: tiny."),
])
def test_what_is_missing_is_said_in_a_sentence(gdm, course, arguments, sentence):
    status, output = gdm(course, *arguments)
    assert status == 1
    assert sentence in output
    assert "Traceback" not in output


def test_outside_a_course_it_says_so(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["report", "tiny"])
    assert (result.exit_code, "Run gdm inside the course's folder" in " ".join(result.output.split())) == (1, True)


def test_refresh_cleans_and_its_check_names_what_is_not_clean(gdm, course):
    page = str(course.source("tiny"))
    nb = nbformat.read(page, as_version=4)
    nb.cells = nb.cells[:5]
    nbformat.write(nb, page)
    status, output = gdm(course, "refresh", "--check", page)
    assert (status, "has execution count None, expected 1" in output) == (1, True)
    assert gdm(course, "refresh", "solutions")[0] == 0
    assert gdm(course, "refresh", "--check", "solutions")[0] == 0


@pytest.mark.slow
def test_plain_nbgrader_gives_the_same_points(course):
    right = {task: answers[0].source for task, answers in load(course.source("tiny").parent / "catalogue").items()}
    nb = demo.filled(nbformat.read(course.release("tiny"), as_version=4), right | {"total": "total = len"})
    folder = course.root / "submitted" / "someone" / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(nb, folder / "tiny.ipynb")
    without_sandbox(course.root)
    for step in ("generate_assignment", "autograde"):
        nbgrader(course.root, step, "tiny", "--force")
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as book:
        submission = book.find_submission_notebook("tiny", "tiny", "someone")
        scores = {grade.name: grade.score for grade in submission.grades}
    assert scores == {"test_double_values": 2, "test_double_zero": 1, "test_total_values": 0}

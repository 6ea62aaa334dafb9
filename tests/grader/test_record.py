"""The records are those that nbgrader's own step makes."""

import nbformat
import pytest
from nbgrader.api import Comment, Grade
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades

from gdm_grader.records import gradebook
from gdm_grader.records.late import set_due


def rows(course):
    with gradebook.open_gradebook(course) as book:
        grades = {(grade.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade, grade.score)
                  for grade in book.db.query(Grade)}
        comments = {(comment.notebook.student.id, comment.name): comment.auto_comment
                    for comment in book.db.query(Comment)}
        penalties = {submission.student.id: submission.late_submission_penalty
                     for submission in book.assignment_submissions("tiny")}
    return grades, comments, penalties


@pytest.fixture
def late_class(course, small_class, grade):
    """A class with a late submission, a penalty, and a grade that was given by hand."""
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    (course.submitted / "ann" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    grade()
    with gradebook.open_gradebook(course) as book:
        book.find_grade("test_double_values", "tiny", "tiny", "bob").manual_score = 1.0
        book.db.commit()
    for student in ("ann", "bob"):
        (course.submitted / student / "tiny" / "notes.txt").write_text("handed in again")
    assert grade() == ["ann", "bob"]
    return course


def test_nbgraders_own_step_changes_nothing_after_ours(late_class):
    ours = rows(late_class)
    directory = CourseDirectory(config=late_class.config())
    for student in ("ann", "bob", "cid"):
        nb = nbformat.read(late_class.autograded / student / "tiny" / "tiny.ipynb", as_version=4)
        where = {"student": student, "assignment": "tiny", "notebook": "tiny", "db_url": directory.db_url}
        for step in (SaveAutoGrades, AssignLatePenalties):
            step(parent=directory).preprocess(nb, {"nbgrader": where})
    assert rows(late_class) == ours
    assert ours[0]["bob", "test_double_values"] == (0, True, 1)
    assert {student: penalty or 0 for student, penalty in ours[2].items()} == {"ann": 6, "bob": 0, "cid": 0, "dora": 0}


def test_a_submission_that_breaks_loses_the_points_it_had(course, small_class, grade):
    grade()
    (course.submitted / "ann" / "tiny" / "tiny.ipynb").write_text("broken")
    assert grade() == ["ann"]
    assert {score for (student, _), (score, _, _) in rows(course)[0].items() if student == "ann"} == {0}
    nb = nbformat.read(course.autograded / "ann" / "tiny" / "tiny.ipynb", as_version=4)
    assert "could not be graded" in nb.cells[0].source
    nbformat.validate(nb)
    assert all(flagged for (student, _), (_, flagged, _) in rows(course)[0].items() if student == "ann")

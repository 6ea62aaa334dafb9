"""The audit finds each difference between the gradebook and what the grader gave, and names what is allowed."""

import shutil

import pytest

from gdm_grader.records import gradebook, results
from gdm_grader.records.audit import audit


@pytest.fixture
def change(course, small_class, grade):
    """Change a grade of the recorded class behind the grader's back."""
    grade()

    def to(student, cell, **values):
        with gradebook.open_gradebook(course) as book:
            grade = book.find_grade(cell, "tiny", "tiny", student)
            for name, value in values.items():
                setattr(grade, name, value)
            book.db.commit()
    return to


def test_a_class_as_it_was_graded_has_nothing_wrong(course, change):
    found = audit(course, "tiny")
    assert (found.students, found.cells, found.wrong, found.by_hand, found.gone) == (4, 12, [], [], [])


def test_a_point_that_differs_is_named(course, change, gdm):
    change("bob", "test_double_values", auto_score=2)
    assert audit(course, "tiny").wrong == ["bob, test_double_values: the grader gave 0, the gradebook holds 2"]
    status, output = gdm(course, "audit", "tiny")
    assert (status, "bob, test_double_values: the grader gave 0" in output) == (1, True)
    assert "gdm grade tiny --force" in output


def test_a_point_for_what_could_not_be_graded_is_named(course, change):
    change("dora", "test_double_zero", auto_score=1)
    assert audit(course, "tiny").wrong == ["dora, test_double_zero: the grader gave 0, the gradebook holds 1"]


def test_a_grade_given_by_hand_is_allowed_and_named(course, change, gdm):
    change("cid", "test_total_values", manual_score=1.5)
    found = audit(course, "tiny")
    assert found.wrong == []
    assert found.by_hand == ["cid, test_total_values: 0 by the grader, 1.5 by hand"]
    assert gdm(course, "audit", "tiny")[0] == 0


def test_a_student_that_one_side_lacks_is_named(course, change):
    results.forget(course, "tiny", "ann")
    assert audit(course, "tiny").wrong == ["ann: in the gradebook, but not graded"]
    with gradebook.open_gradebook(course) as book:
        book.remove_submission("tiny", "bob")
    assert "bob: graded, but not in the gradebook" in audit(course, "tiny").wrong


def test_a_submission_that_was_taken_away_is_named(course, change):
    shutil.rmtree(course.submitted / "ann")
    found = audit(course, "tiny")
    assert (found.wrong, found.gone) == ([], ["ann: in the gradebook, but no longer in submitted/"])

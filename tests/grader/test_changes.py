"""Tests change: who has other points, why, and what stays; the instructor's own solution goes first."""

import json
from functools import partial

import pytest
from nbgrader.api import Comment
from rich.console import Console

from gdm_grader.authoring.proof import rehearsal
from gdm_grader.errors import CourseError
from gdm_grader.grading import cohort, digest
from gdm_grader.grading.workers import Processes
from gdm_grader.records import gradebook, results
from gdm_grader.records.audit import audit
from gdm_grader.records.late import extend, set_due
from gdm_grader.records.regrade import changes, history
from tests.courses.tiny import cell

WRONG_TEST = 'assert double(2) == 4, "double(2) is 2 + 2, so it must be 4"'


def edit(course, change):
    """Let `change` mend the cells of the source, a list of dicts."""
    path = course.source("tiny")
    content = json.loads(path.read_text())
    change(content["cells"])
    path.write_text(json.dumps(content))


def labelled(cells, label):
    return next(one for one in cells if one["metadata"].get("nbgrader", {}).get("grade_id") == label)


def reweigh(cells):
    labelled(cells, "test_total_values")["metadata"]["nbgrader"]["points"] = 5


def remove_a_test(cells):
    cells.remove(labelled(cells, "test_double_zero"))


def change_all(cells):
    reweigh(cells)
    remove_a_test(cells)
    cells.insert(4, cell("test_double_more", "assert double(7) == 14", points=4))


@pytest.fixture
def regrade(course, grade_class):
    """Grade and return what is said about changes."""
    def run():
        before = changes.scores(course, "tiny")
        students = grade_class(seed=7)
        after = changes.scores(course, "tiny")
        path = course.reports / "tiny-changes.csv"
        said = path.read_text().splitlines()[1:] if path.exists() else []
        return students, before, after, said
    return run


def by_hand(course, student, label, points, comment):
    with gradebook.open_gradebook(course) as book:
        book.find_grade(label, "tiny", "tiny", student).manual_score = points
        book.find_comment("double", "tiny", "tiny", student).manual_comment = comment
        book.db.commit()


def test_the_gradebook_follows_and_says_whose_points_changed(course, small_class, regrade):
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    regrade()
    extend(course, "tiny", "bob", "2026-11-08 12:00 +00:00")
    by_hand(course, "bob", "test_double_values", 1.5, "nearly")
    edit(course, change_all)
    students, _, after, said = regrade()
    assert students == sorted(small_class)
    assert sum(score.counts for score in after["ann"].values()) == 11
    assert [line.split(",", 4)[1:4] for line in said if ",ann," in line] == [["ann", "6", "11"]]
    for says in ("the tests changed (", "test_double_zero was removed: 1", "test_double_more is new: 4",
                 "test_total_values 3 -> 5"):
        assert any(says in line for line in said)
    assert not any(",cid," in line for line in said)
    assert after["bob"]["test_double_values"].by_hand == 1.5
    with gradebook.open_gradebook(course) as book:
        assert book.db.query(Comment).filter(Comment.manual_comment == "nearly").count() == 1
        assert book.find_submission("tiny", "bob").extension.days == 7
    assert audit(course, "tiny").wrong == []


def test_each_grading_is_kept_and_shown(course, small_class, regrade, gdm):
    regrade()
    edit(course, reweigh)
    regrade()
    kept = history.read(course, "tiny", "ann")
    assert [entry.points for entry in kept] == [6, 8]
    assert kept[0].tests != kept[1].tests
    assert kept[0].work == kept[1].work
    status, output = gdm(course, "history", "tiny", "ann")
    assert (status, output.count(" points "), "6 points" in output, "seed 7" in output) == (0, 2, True, True)
    assert gdm(course, "history", "tiny", "nobody")[0] == 1


def test_a_resubmission_that_is_lower_and_a_point_by_hand_on_changed_work_are_named(course, small_class, grade_class,
                                                                                     hand_in, capsys):
    grade_class(seed=7)
    by_hand(course, "ann", "test_double_zero", 0.5, None)
    hand_in("ann", double=2, total=0)
    cohort.grade_class(course, "tiny", cohort.to_grade(course, "tiny"), 1, Console(width=300))
    said = capsys.readouterr().out
    assert "ann: 5.5 -> 3.5 points, lower than before: handed in again (" in said
    assert "ann, test_double_zero: 0.5 by hand stands, but the work under it changed" in said


def test_grading_again_changes_nothing_and_says_so(course, small_class, grade_class):
    grade_class(seed=7)
    cohort.grade_class(course, "tiny", course.students("tiny"), 1, Console(quiet=True))
    assert not (course.reports / "tiny-changes.csv").exists()
    assert [entry.points for entry in history.read(course, "tiny", "bob")] == [3, 3]


def test_a_point_by_hand_on_a_removed_cell_is_named(course, small_class, grade_class, capsys):
    grade_class(seed=7)
    by_hand(course, "bob", "test_double_zero", 1, None)
    edit(course, remove_a_test)
    cohort.grade_class(course, "tiny", cohort.to_grade(course, "tiny"), 1, Console(width=300))
    assert "bob, test_double_zero: 1 by hand went with the cell" in capsys.readouterr().out


def test_a_test_that_the_solution_fails_grades_nobody(course, small_class, monkeypatch):
    edit(course, lambda cells: labelled(cells, "test_double_zero").update(source="assert False, 'my slip'"))
    with pytest.raises(CourseError, match="test_double_zero: the solution gets 0 of 1 points: AssertionError: my slip"):
        cohort.grade_class(course, "tiny", course.students("tiny"), 1, Console(quiet=True),
                           first=partial(rehearsal.require, course, "tiny"))
    assert results.load(course, "tiny") == {}
    assert not gradebook.exists(course)


def test_what_passed_is_not_run_again_until_something_changes(course, monkeypatch):
    assert not rehearsal.is_rehearsed(course, "tiny")
    rehearsal.remember(course, "tiny")
    monkeypatch.setattr(rehearsal, "each", lambda *_: pytest.fail("it was run again"))
    assert rehearsal.require(course, "tiny", Processes(1), None) is None
    edit(course, reweigh)
    digest.assignments._read.cache_clear()
    assert not rehearsal.is_rehearsed(course, "tiny")


def test_a_stub_in_the_solution_is_named(course):
    stub = 'def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError("Replace this line with your answer.")'
    edit(course, lambda cells: labelled(cells, "double").update(source=stub))
    assert rehearsal.stubs(course, "tiny") == ["double: the solution is the stub that students find"]

"""Late days come from timestamps and the due date; nbgrader's rule takes points off."""

import csv

import pytest

from gdm_grader.course import settings
from gdm_grader.errors import GraderError
from gdm_grader.records.late import days_late, set_due


def handed_in_at(course, student, text):
    (course.submitted / student / "tiny" / "timestamp.txt").write_text(text)


def test_each_day_begun_counts_and_no_timestamp_is_in_time(course, small_class, grade):
    handed_in_at(course, "ann", "2026-12-01 22:59:00 UTC")
    handed_in_at(course, "bob", "2026-12-01 23:00:01 UTC")
    handed_in_at(course, "cid", "2026-12-04 01:00:00 +0100")
    set_due(course, "tiny", "2026-12-01 23:59 +01:00")
    grade()
    assert days_late(course, "tiny") == {"bob": 1, "cid": 3}


def test_the_due_date_may_come_after_grading(course, small_class, grade, gdm):
    handed_in_at(course, "bob", "2026-12-02 12:00:00 UTC")
    grade()
    assert days_late(course, "tiny") == {}
    status, output = gdm(course, "due", "tiny", "2026-12-01 12:00 +00:00")
    assert (status, "(2026-12-01 12:00 UTC)" in output) == (0, True)
    assert days_late(course, "tiny") == {"bob": 1}
    assert grade() == []


def test_what_a_date_a_rule_or_an_extension_changed_is_kept_with_the_changes(course, small_class, grade, gdm):
    handed_in_at(course, "ann", "2026-12-02 12:00:00 UTC")
    grade()
    output = gdm(course, "due", "tiny", "2026-12-01 12:00 +00:00", "--percent", "50")[1]
    assert "ann: 6 -> 3 points: late work: 1 day, 3 taken off (50 % of the points for each day begun)" in output
    gdm(course, "due", "tiny", "--percent", "10")
    gdm(course, "extend", "tiny", "ann", "2026-12-02 13:00 +00:00")
    with (course.reports / "tiny-changes.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert [row[1:] for row in rows[1:]] == [
        ["ann", "6", "3", "late work: 1 day, 3 taken off (50 % of the points for each day begun)"],
        ["ann", "3", "5.4", "late work: 1 day, 0.6 taken off (10 % of the points for each day begun)"],
        ["ann", "5.4", "6", "late work: nothing is taken off, with an extension"]]


def test_a_timestamp_that_cannot_be_read_counts_as_none(course, small_class, grade):
    handed_in_at(course, "bob", "yesterday, I think")
    set_due(course, "tiny", "2026-01-01 12:00 +00:00")
    grade()
    assert days_late(course, "tiny") == {}


@pytest.mark.parametrize("text", ["soon", "2026-13-45", ""])
def test_what_is_no_date_is_said_so(course, gdm, text):
    status, output = gdm(course, "due", "tiny", text)
    assert (status, "Expected a date such as" in output) == (1, True)


def test_settings_that_cannot_be_read_are_said_so(course):
    course.classroom.mkdir(parents=True)
    (course.classroom / settings.SETTINGS_FILE).write_text('{"db": 1}')
    with pytest.raises(GraderError, match="Mend or remove it"):
        settings.load(course.classroom)

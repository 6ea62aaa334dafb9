"""Grades for nbgrader's tools, Canvas and Moodle, with the platform's own list of the class."""

import csv

import pytest

from gdm_grader.errors import GraderError
from gdm_grader.records.late import set_due
from gdm_grader.reports.export import defused, export
from gdm_grader.reports.formats import Format
from tools.plain_nbgrader import nbgrader

CANVAS_ROSTER = '''\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Tiny (4711),Final Score
    Points Possible,,,,,5,(read only)
"Doe, Jane",12345,s1,jane@uni.example,A,,
"Roe, Rick",222,s2,rick,A,,
"Poe, Ed",333,s3,ed,B,,
'''
MOODLE_WORKSHEET = '''Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Feedback comments"
"Participant 12345","Jane Doe",jane@uni.example,Submitted,,6.00,
"Participant 222","Rick Roe",rick@uni.example,Submitted,,6.00,
"Participant 333","Ed Poe",ed@uni.example,"No submission",,6.00,
'''
MOODLE_GRADES = '''First name,Last name,ID number,Email address,Assignment: other (Real)
Jane,Doe,s1,jane@uni.example,-
Rick,Roe,s2,rick@uni.example,-
Ed,Poe,s3,ed@uni.example,-
'''


@pytest.fixture
def table(course, tmp_path):
    """Export in a format, with the text of a roster if there is one; the rows and the complaints."""
    def run(kind, roster=None):
        path = tmp_path / "roster.csv"
        if roster is not None:
            path.write_text(roster, encoding="utf-8")
        done = export(course, "tiny", kind, path if roster is not None else None)
        with done.path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file)), done.complaints
    return run


def test_csv_says_what_nbgraders_own_export_says(course, small_class, grade, table):
    (course.submitted / "bob" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    grade()
    nbgrader(course.root, "export", "--to=theirs.csv", f"--db={course.db_url}")
    with (course.root / "theirs.csv").open(newline="") as file:
        theirs = list(csv.DictReader(file))
    rows, _ = table(Format.CSV)
    ours = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert rows[0] == list(theirs[0])
    numbers = ("raw_score", "late_submission_penalty", "score", "max_score")
    for rows_of in (ours, theirs):
        for row in rows_of:
            row.update({key: float(row[key]) for key in numbers})
    assert ours == sorted(theirs, key=lambda row: row["student_id"])


@pytest.fixture
def canvas_class(hand_in, grade):
    hand_in("doejane_12345", double=0, total=0)
    hand_in("roerick_222", double=2, total=0)
    grade()


@pytest.fixture
def moodle_class(hand_in, grade):
    hand_in("Jane-Doe", double=0, total=0)
    hand_in("Rick-Roe_222", double=2, total=0)
    grade()


def test_canvas_gets_its_columns_in_its_order(canvas_class, table):
    assert table(Format.CANVAS) == ([
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "tiny"],
        ["    Points Possible", "", "", "", "", "6"],
        ["doejane", "12345", "", "", "", "6"],
        ["roerick", "222", "", "", "", "3"]], [])


def test_canvas_own_export_says_who_is_who_and_which_column(canvas_class, table):
    assert table(Format.CANVAS, CANVAS_ROSTER) == ([
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Tiny (4711)"],
        ["    Points Possible", "", "", "", "", "5"],
        ["Doe, Jane", "12345", "s1", "jane@uni.example", "A", "6"],
        ["Roe, Rick", "222", "s2", "rick", "A", "3"],
        ["Poe, Ed", "333", "s3", "ed", "B", ""]], [])


def test_moodles_grading_worksheet_comes_back_whole_with_the_grades(moodle_class, table):
    rows, complaints = table(Format.MOODLE, MOODLE_WORKSHEET)
    assert complaints == []
    assert rows[0] == ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
                       "Feedback comments"]
    assert [row[4] for row in rows[1:]] == ["6", "3", ""]


def test_moodles_grades_get_a_column_beside_who_it_is(moodle_class, table):
    assert table(Format.MOODLE, MOODLE_GRADES)[0] == [
        ["First name", "Last name", "ID number", "Email address", "tiny"],
        ["Jane", "Doe", "s1", "jane@uni.example", "6"],
        ["Rick", "Roe", "s2", "rick@uni.example", "3"],
        ["Ed", "Poe", "s3", "ed@uni.example", ""]]


def test_whom_the_roster_does_not_know_or_knows_twice_is_named_and_nobody_gets_anothers_grade(hand_in, grade, table):
    for student in ("Jane-Doe", "jane", "stranger", "sam"):
        hand_in(student, double=0, total=0)
    grade()
    roster = MOODLE_GRADES + "Sam,One,s4,sam@a.example,-\nSam,Two,s5,sam@b.example,-\n"
    rows, complaints = table(Format.MOODLE, roster)
    assert sorted(complaints) == ["Jane-Doe, jane: the same person of the roster; not exported",
                                  "sam: several people of the roster; not exported",
                                  "stranger: nobody of the roster; not exported"]
    assert [row[-1] for row in rows[1:]] == [""] * 5


@pytest.mark.parametrize("roster", ["", "a,b\n1,2\n", "\0"])
def test_what_is_no_roster_is_said_so(canvas_class, table, roster):
    with pytest.raises(GraderError, match="Expected"):
        table(Format.CANVAS, roster)


def test_the_late_penalty_is_taken_off(course, small_class, grade, table):
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n')
    (course.submitted / "ann" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    grade()
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    assert [row[-1] for row in table(Format.CANVAS)[0][2:]] == ["0", "3", "0", "0"]
    set_due(course, "tiny", "2026-11-05 12:00 +00:00")
    assert [row[-1] for row in table(Format.CANVAS)[0][2:]] == ["6", "3", "0", "0"]


@pytest.mark.parametrize(("text", "written"), [
    ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1+cmd", "'+1+cmd"), ("-x", "'-x"), ("@SUM(1)", "'@SUM(1)"),
    ("\t=1", "'\t=1"), ("-1.5", "-1.5"), ("Doe, Jane", "Doe, Jane"), ("", ""), ("    Points Possible",) * 2,
])
def test_a_name_that_is_a_formula_is_defused(text, written):
    assert defused(text) == written


def test_a_roster_name_that_is_a_formula_is_defused_in_the_file(canvas_class, table):
    rows, _ = table(Format.CANVAS, CANVAS_ROSTER.replace('"Poe, Ed"', '"=1+1"'))
    assert rows[-1][0] == "'=1+1"


def test_the_command_says_where_the_file_is(course, canvas_class, gdm):
    status, output = gdm(course, "export", "tiny", "--format", "canvas")
    assert (status, output) == (0, "2 grades: _build/class/export/tiny-canvas.csv")

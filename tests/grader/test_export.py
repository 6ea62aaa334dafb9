"""Grades for nbgrader's tools, Canvas and Moodle, with the platform's own list of the class."""

import csv

import pytest

from gdm_grader.errors import GraderError
from gdm_grader.intake.clean import defused
from gdm_grader.records.late import Rule, set_due, set_rule
from gdm_grader.records.regrade import changes
from gdm_grader.records.regrade.changes import Changed
from gdm_grader.reports import export as export_module
from gdm_grader.reports import returning
from gdm_grader.reports.export import export
from gdm_grader.reports.formats import Format
from tools.plain_nbgrader import nbgrader
from tools.platforms import Person, moodle

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


def test_without_a_roster_canvas_gets_nothing_that_it_could_take_for_a_new_assignment(canvas_class, course, table):
    with pytest.raises(GraderError, match="--roster"):
        table(Format.CANVAS)
    done = export(course, "tiny", Format.CANVAS, column="Tiny (4711)")
    assert done.path.read_text() == ("Student,ID,SIS User ID,SIS Login ID,Section,Tiny (4711)\n"
                                     "doejane,12345,,,,6\nroerick,222,,,,3\n")


def test_canvas_own_export_stays_as_it_is_but_for_the_grades(canvas_class, course, tmp_path):
    path = tmp_path / "roster.csv"
    text = CANVAS_ROSTER.replace("Poe, Ed\",333,s3,ed,B,,", "Poe, Ed\",333,s3,ed,B,EX,")
    path.write_bytes(text.encode("utf-8"))
    done = export(course, "tiny", Format.CANVAS, path)
    assert done.path.read_bytes().decode() == text.replace("uni.example,A,,", "uni.example,A,6,").replace(
        "s2,rick,A,,", "s2,rick,A,3,")
    assert done.changes == ["Doe, Jane: empty -> 6", "Roe, Rick: empty -> 3"]


def test_moodles_grading_worksheet_comes_back_whole_with_the_grades(moodle_class, table):
    rows, complaints = table(Format.MOODLE, MOODLE_WORKSHEET)
    assert complaints == []
    assert rows[0] == ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
                       "Feedback comments"]
    assert [row[4] for row in rows[1:]] == ["6", "3", ""]


def test_moodles_grades_get_a_column_behind_the_others(moodle_class, table):
    assert table(Format.MOODLE, MOODLE_GRADES)[0] == [
        ["First name", "Last name", "ID number", "Email address", "Assignment: other (Real)", "tiny"],
        ["Jane", "Doe", "s1", "jane@uni.example", "-", "6"],
        ["Rick", "Roe", "s2", "rick@uni.example", "-", "3"],
        ["Ed", "Poe", "s3", "ed@uni.example", "-", ""]]


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
    assert [row[-2] for row in table(Format.CSV)[0][1:]] == ["0", "3", "0", "0"]
    set_due(course, "tiny", "2026-11-05 12:00 +00:00")
    assert [row[-2] for row in table(Format.CSV)[0][1:]] == ["6", "3", "0", "0"]


@pytest.mark.parametrize(("text", "written"), [
    ("＝HYPERLINK(1)", "'＝HYPERLINK(1)"), ("\r=1", "'=1"), ("\n@x", "'@x"), ("Jane\r=1", "Jane =1"), ("＋1", "'＋1"),
    ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("+1+cmd", "'+1+cmd"), ("-x", "'-x"), ("@SUM(1)", "'@SUM(1)"),
    ("\t=1", "'=1"), ("-1.5", "-1.5"), ("Doe, Jane", "Doe, Jane"), ("", ""), ("  two  blanks ", "two blanks"),
])
def test_a_name_that_is_a_formula_is_defused(text, written):
    assert defused(text) == written


def test_what_others_wrote_into_the_roster_comes_back_letter_by_letter(moodle_class, table):
    comments = ("- see me", "=)", "'quoted'")
    roster = MOODLE_WORKSHEET
    for comment in comments:
        roster = roster.replace(",6.00,\n", f',6.00,"{comment}"\n', 1)
    rows, _ = table(Format.MOODLE, roster)
    assert tuple(row[-1] for row in rows[1:]) == comments


def test_the_command_says_what_changed_and_where_the_file_is(course, canvas_class, gdm, tmp_path):
    (tmp_path / "roster.csv").write_text(CANVAS_ROSTER)
    status, output = gdm(course, "export", "tiny", "--roster", tmp_path / "roster.csv")
    assert (status, output) == (0, "Doe, Jane: empty -> 6 Roe, Rick: empty -> 3 2 grades, 2 of them changed: "
                                   "_build/class/export/tiny-canvas.csv")


def test_whom_canvas_takes_no_grade_of_is_named(course, canvas_class, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(CANVAS_ROSTER.replace("s2,rick,A,,", "s2,rick,A,N/A,"))
    done = export(course, "tiny", roster=path)
    assert done.complaints == ["roerick_222: Canvas says N/A: the assignment is not this person's, or its grades are "
                               "still anonymous; not exported"]
    assert '"Roe, Rick",222,s2,rick,A,N/A,' in done.path.read_text(encoding="utf-8-sig")


def test_whose_grade_is_locked_in_moodle_is_named(course, moodle_class, tmp_path):
    people = [Person("Jane", "Doe", 12345), Person("Rick", "Roe", 222)]
    for language in ("en", "de"):
        path = moodle.write_worksheet(tmp_path / f"{language}.csv", people, {}, language, locked=(222,))
        done = export(course, "tiny", roster=path)
        assert [line.split(":")[0] for line in done.complaints] == ["Rick-Roe_222"]
        assert moodle.imported(done.path, language) == {12345: "6", 222: ""}


@pytest.mark.parametrize("no", ["لا", "否", "いいえ", "아니오", "לא", "Không", "ไม่", "Nē"])
def test_a_locked_grade_is_known_in_moodles_other_languages(course, moodle_class, tmp_path, no):
    people = [Person("Jane", "Doe", 12345), Person("Rick", "Roe", 222)]
    path = moodle.write_worksheet(tmp_path / "w.csv", people, {}, "xx", locked=(222,))
    locked = next(line for line in path.read_text(encoding="utf-8").splitlines() if "222" in line)
    word = locked.split(",")[6]
    path.write_text(path.read_text(encoding="utf-8").replace(locked, locked.replace(f",{word},", f",{no},", 1)),
                    encoding="utf-8")
    assert [line.split(":")[0] for line in export(course, "tiny", roster=path).complaints] == ["Rick-Roe_222"]


@pytest.mark.parametrize(("roster", "written"), [
    ("Name;Login;Quiz\nAnn;ann;7\n", "Ann;ann;7;5,4"), ("Name;Login;Quiz\nAnn;ann;7.5\n", "Ann;ann;7.5;5.4"),
    ("Name,Login,Quiz\nAnn,ann,7\n", "Ann,ann,7,5.4"),
])
def test_the_decimal_sign_is_the_lists(course, hand_in, grade, tmp_path, roster, written):
    hand_in("ann", double=0, total=0)
    grade()
    set_rule(course, "tiny", Rule(10))
    (course.submitted / "ann" / "tiny" / "timestamp.txt").write_text("2026-12-02 10:00:00 UTC")
    set_due(course, "tiny", "2026-12-01 23:59 UTC")
    path = tmp_path / "list.csv"
    path.write_text(roster)
    assert export(course, "tiny", roster=path).path.read_text().splitlines()[1] == written


@pytest.mark.parametrize("kind", [Format.BLACKBOARD, Format.BRIGHTSPACE])
def test_without_a_roster_no_platform_gets_a_new_column(canvas_class, course, kind):
    with pytest.raises(GraderError, match="Expected --roster"):
        export(course, "tiny", kind)


def test_each_table_that_is_written_is_defused(course, tmp_path):
    told = Changed("=1+1", 1, 2, "=2+2", False)
    exported = export_module._without_roster(course, "tiny", Format.CSV, {"=1+1": {"student_id": "=1+1"}}, None)
    returning._write_table(tmp_path / "mail.csv", [("=1+1", "=2+2", "", "", "")])
    for path in (changes.write(course, "tiny", [told]), exported.path, tmp_path / "mail.csv"):
        text = path.read_text()
        assert (text.count("'=1+1"), text.count("=1+1")) == (1, 1)
        assert text.count("'=2+2") == text.count("=2+2")

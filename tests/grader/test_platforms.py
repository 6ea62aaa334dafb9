"""Each platform in each situation: from the files that its own code writes to what it imports again."""

import os
import shlex
import shutil
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

from gdm_grader.course import settings
from gdm_grader.errors import PARTLY, GraderError
from gdm_grader.intake.collect import Intake, collect
from gdm_grader.intake.roster.roster import read_roster
from gdm_grader.intake.times import timestamp
from gdm_grader.records.late import apply_late, days_late, lateness
from gdm_grader.records.points import counted
from gdm_grader.reports.export import export
from gdm_grader.reports.formats import Format, Target
from gdm_grader.reports.returning import send_back
from tools.platforms import HandIn, blackboard, brightspace, canvas, moodle, others
from tools.platforms.sample import JANE, OTHER_JANE, PEOPLE


def found(taken):
    """The outcome of each student; the platform's own overview is no student."""
    return {line.student: line.status for line in taken if line.status != "ignored"}


@pytest.mark.parametrize(("write", "students"), [
    (lambda path, all_of: canvas.write_submissions(path / "c.zip", all_of),
     {"doejane_1001", "roerick_1002", "özümüt_1003", "oneil2eva_1004"}),
    (lambda path, all_of: canvas.write_submissions(path / "c.zip", all_of, anonymous=True),
     {"anon_aB001", "anon_aB002", "anon_aB003", "anon_aB004"}),
    (lambda path, all_of: moodle.write_submissions(path / "m.zip", all_of, text=True),
     {"Jane-Doe", "Rick-Roe", "Ümüt-Öz", "Eva-ONeil-2"}),
    (lambda path, all_of: moodle.write_submissions(path / "m.zip", all_of, folders=False, text=True),
     {"Jane-Doe", "Rick-Roe", "Ümüt-Öz", "Eva-ONeil-2"}),
    (lambda path, all_of: others.exchange(path / "inbound", all_of, "tiny"), {"jdoe", "rroe", "üöz", "eo-neil-2"}),
    (lambda path, all_of: blackboard.write_submissions(path / "b.zip", all_of), {"jdoe", "rroe", "üöz", "eo-neil-2"}),
    (lambda path, all_of: brightspace.write_submissions(path / "d.zip", all_of),
     {"Jane-Doe", "Rick-Roe", "Ümüt-Öz", "Eva-O-Neil-2"}),
    (lambda path, all_of: others.github(path / "github", all_of, "tiny"), {"jdoe", "rroe", "üöz", "eo-neil-2"}),
    (lambda path, all_of: others.flat(path / "flat", all_of, "tiny"), {"jdoe", "rroe", "üöz", "eo-neil-2"}),
])
def test_a_platforms_files_are_its_students_and_a_second_time_nothing_changes(course, hand_ins, tmp_path, write,
                                                                              students):
    source = write(tmp_path, hand_ins)
    assert found(collect(course, "tiny", source)) == dict.fromkeys(students, "new")
    assert found(collect(course, "tiny", source)) == dict.fromkeys(students, "unchanged")


def test_only_a_time_that_a_platform_says_is_a_time(course, hand_ins, tmp_path):
    late = [replace(one, when=datetime(2026, 12, 2, 8, 30)) for one in hand_ins]
    collect(course, "tiny", canvas.write_submissions(tmp_path / "c.zip", late))
    assert list(course.submitted.rglob("timestamp.txt")) == []
    collect(course, "tiny", others.exchange(tmp_path / "inbound", late, "tiny"))
    assert f"{timestamp(course.submitted / 'jdoe' / 'tiny'):%Y-%m-%d %H:%M}" == "2026-12-02 08:30"


def test_the_newest_attempt_of_the_exchange_counts(course, notebook, tmp_path):
    old, new = (HandIn(JANE, {"tiny.ipynb": data}, when=when) for data, when in (
        (notebook(), datetime(2026, 11, 20, 8, 0)), (notebook(double=0), datetime(2026, 11, 21, 8, 0))))
    collect(course, "tiny", others.exchange(tmp_path / "inbound", [new, old], "tiny"))
    assert (course.submitted / "jdoe" / "tiny" / "tiny.ipynb").read_bytes() == new.files["tiny.ipynb"]


def test_two_people_of_one_name_keep_their_own_work_in_whatever_order_they_come(course, notebook, tmp_path):
    first, second = HandIn(JANE, {"tiny.ipynb": notebook(double=0)}), HandIn(OTHER_JANE, {"tiny.ipynb": notebook()})
    for all_of in ([first], [second], [first, second], [second]):
        collect(course, "tiny", moodle.write_submissions(tmp_path / "m.zip", all_of))
    assert course.students("tiny") == ["Jane-Doe", "Jane-Doe_1009"]
    assert (course.submitted / "Jane-Doe/tiny/tiny.ipynb").read_bytes() == first.files["tiny.ipynb"]
    assert (course.submitted / "Jane-Doe_1009/tiny/tiny.ipynb").read_bytes() == second.files["tiny.ipynb"]


@pytest.mark.parametrize(("write", "kind"), [
    (lambda path, people: canvas.write_gradebook(path, people, marks={1005: "EX", 1001: "1"}), {}),
    (lambda path, people: canvas.write_gradebook(path, people, marks={1005: "EX", 1001: "1"}, encoding="utf-16",
                                                 separator=";"), {"encoding": "utf-16", "separator": ";"}),
    (lambda path, people: canvas.write_gradebook(path, people, marks={1005: "EX", 1001: "1"}, encoding="cp1252",
                                                 separator="\t"), {"encoding": "cp1252", "separator": "\t"}),
    (lambda path, people: canvas.write_gradebook(path, people, marks={1005: "EX", 1001: "1"}, two_names=True), {}),
])
def test_what_canvas_imports_is_the_gradebook_and_nothing_else_changes(course, hand_ins, grade, tmp_path, write, kind):
    collect(course, "tiny", canvas.write_submissions(tmp_path / "c.zip", hand_ins))
    grade()
    roster = write(tmp_path / "roster.csv", PEOPLE)
    done = export(course, "tiny", Format.CANVAS, roster)
    assert done.complaints == []
    assert canvas.imported(done.path, "Tiny (4711)", **kind) == {1001: "6", 1002: "3", 1003: "0", 1004: "6", 1005: "EX"}
    assert "Doe, Jane: 1 -> 6" in [change.replace("Jane Doe", "Doe, Jane") for change in done.changes]
    again = export(course, "tiny", Format.CANVAS, done.path)
    assert (again.changes, again.path.read_bytes()) == ([], done.path.read_bytes())


@pytest.mark.parametrize("language", moodle.HEADERS)
@pytest.mark.parametrize("cap", [False, True])
def test_what_moodle_imports_is_the_gradebook_in_each_language_of_its_headers(course, hand_ins, grade, tmp_path,
                                                                              language, cap):
    collect(course, "tiny", moodle.write_submissions(tmp_path / "m.zip", hand_ins))
    grade()
    comments = {1001: "- see me", 1003: "=)"}
    times = {1001: datetime(2026, 11, 20, 23, 58)}
    roster = moodle.write_worksheet(tmp_path / "w.csv", PEOPLE, times, language, "5,00", marks={1005: "2,50"},
                                    comments=comments)
    before = roster.read_text(encoding="utf-8")
    done = export(course, "tiny", None, roster, cap=cap)
    best = "5" if cap else ""
    assert moodle.imported(done.path, language) == {1001: best, 1002: "3", 1003: "0", 1004: best, 1005: "2.50"}
    assert sorted(line.split(":")[0] for line in done.warnings) == ([] if cap else ["Eva-ONeil-2", "Jane-Doe"])
    after = done.path.read_text(encoding="utf-8")
    for line, other in zip(before.splitlines(), after.splitlines(), strict=True):
        assert line == other or line.replace('"5,00"', "", 1)[:20] == other.replace('"5,00"', "", 1)[:20]
    assert '"=)"' in after


def test_a_roster_of_the_other_platform_is_refused(course, hand_ins, grade, tmp_path):
    collect(course, "tiny", moodle.write_submissions(tmp_path / "m.zip", hand_ins))
    grade()
    worksheet = moodle.write_worksheet(tmp_path / "w.csv", PEOPLE, {})
    gradebook = canvas.write_gradebook(tmp_path / "g.csv", PEOPLE)
    with pytest.raises(GraderError, match="grading worksheet of Moodle"):
        export(course, "tiny", Format.CANVAS, worksheet)
    with pytest.raises(GraderError, match="a gradebook of Canvas"):
        export(course, "tiny", Format.MOODLE, gradebook)


def test_a_title_that_is_not_the_assignments_name_is_asked_for(course, hand_ins, grade, tmp_path):
    collect(course, "tiny", canvas.write_submissions(tmp_path / "c.zip", hand_ins))
    grade()
    title = "Homework 1: Small things (4711)"
    roster = canvas.write_gradebook(tmp_path / "g.csv", PEOPLE, title)
    with pytest.raises(GraderError, match="Homework 1: Small things"):
        export(course, "tiny", Format.CANVAS, roster)
    for column in (title, "homework 1: small things", "4711"):
        done = export(course, "tiny", Format.CANVAS, roster, column)
        assert canvas.imported(done.path, title)[1001] == "6"


def test_a_worksheet_of_another_assignment_gives_nobody_anothers_grade(course, hand_ins, grade, tmp_path):
    collect(course, "tiny", moodle.write_submissions(tmp_path / "m.zip", hand_ins))
    grade()
    moved = [replace(person, number=1001 + (person.number - 1000) % 5) for person in PEOPLE]
    done = export(course, "tiny", None, moodle.write_worksheet(tmp_path / "w.csv", moved, {}))
    assert set(moodle.imported(done.path).values()) == {""}
    assert len(done.complaints) == 4


def test_everyone_in_a_team_gets_its_grade(course, notebook, grade, tmp_path):
    people = [replace(person, team="Group A" if person.number < 1003 else "") for person in PEOPLE]
    work = HandIn(replace(people[0], number=11), {"tiny.ipynb": notebook(double=0, total=0)})
    collect(course, "tiny", moodle.write_submissions(tmp_path / "m.zip", [work]))
    grade()
    done = export(course, "tiny", None, moodle.write_worksheet(tmp_path / "w.csv", people, {}))
    assert done.complaints == []
    rows = read_roster(done.path)
    grades = {rows.name_of(row): rows.value(row, "grade") for row in rows.people}
    assert grades == {"Jane Doe": "6", "Rick Roe": "6", "Ümüt Öz": "", "Eva O'Neil-2": "", "Ann Absent": ""}
    alone = moodle.write_worksheet(tmp_path / "w2.csv", [replace(person, team="") for person in people], {})
    told = export(course, "tiny", None, alone, teams={"Group A": ["Rick Roe", "s1003@uni.example"]})
    assert moodle.imported(told.path) == {1001: "", 1002: "6", 1003: "6", 1004: "", 1005: ""}


@pytest.mark.parametrize("language", moodle.HEADERS)
def test_the_worksheet_says_when_and_the_rule_takes_off_at_once(course, hand_ins, grade, gdm, tmp_path, language,
                                                                monkeypatch):
    if language == "xx":
        language = "en"
        monkeypatch.setitem(moodle.HEADERS, "en", moodle.HEADERS["xx"])
    source = moodle.write_submissions(tmp_path / "m.zip", hand_ins)
    times = {1001: datetime(2026, 12, 3, 10, 0), 1002: datetime(2026, 12, 1, 23, 0)}
    worksheet = moodle.write_worksheet(tmp_path / "w.csv", PEOPLE, times, language)
    assert gdm(course, "collect", "tiny", source, "--roster", worksheet, "--zone", "Europe/Berlin")[0] == 0
    assert f"{timestamp(course.submitted / 'Jane-Doe' / 'tiny'):%d %H:%M}" == "03 09:00"
    grade()
    status, output = gdm(course, "due", "tiny", "2026-12-01", "--zone", "Europe/Berlin", "--percent", "10",
                         "--free-days", "1")
    assert (status, "Jane-Doe: 6 -> 5.4 points" in output) == (0, True)
    assert days_late(course, "tiny") == {"Jane-Doe": 2}
    assert not lateness(course, "tiny")["Ümüt-Öz"].known
    report = gdm(course, "report", "tiny")[1]
    assert "2 days, -0.6 5.4" in report
    assert "time unknown, so nobody is penalized: 2 of 4" in report
    assert "5.4 -> 6 points" in gdm(course, "extend", "tiny", "jane", "2026-12-03 12:00 Europe/Berlin")[1]
    assert counted(course, "tiny")["Jane-Doe"] == 6
    assert "6 -> 5.4 points: late work: 2 days" in gdm(course, "extend", "tiny", "Jane-Doe", "--remove")[1]
    assert "tiny has no due date Jane-Doe: 5.4 -> 6 points" in gdm(course, "due", "tiny", "--remove")[1]
    apply_late(course, "tiny")
    assert not course.journal("tiny").exists()


def test_feedback_goes_back_to_whom_it_belongs(course, hand_ins, grade, tmp_path):
    for platform, write, target in (("c", canvas.write_submissions, Target.CANVAS),
                                    ("m", moodle.write_submissions, Target.MOODLE)):
        collect(course, "tiny", write(tmp_path / f"{platform}.zip", hand_ins))
        grade()
        for student in course.students("tiny"):
            page = course.feedback / student / "tiny" / "tiny.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(student)
        if platform == "c":
            (course.root / "book").mkdir()
            with pytest.raises(GraderError, match="--book"):
                send_back(course, "tiny", target)
            settings.change(course.classroom, lambda now: replace(now, book="https://uni.example/book"))
        done = send_back(course, "tiny", target)
        with zipfile.ZipFile(done.path) as archive:
            pages = {name: archive.read(name).decode() for name in archive.namelist()}
        assert len(pages) == 4
        for name, student in pages.items():
            person = canvas.feedback_for(name, hand_ins) if platform == "c" else moodle.feedback_for(name, PEOPLE)
            number = str(person.number) if platform == "c" else person.full_name.split()[0]
            assert number in student
        if platform == "c":
            shutil.rmtree(course.submitted)
    mail = send_back(course, "tiny", Target.MAIL, read_roster(moodle.write_worksheet(tmp_path / "w.csv", PEOPLE, {})))
    lines = (mail.path / "mail.csv").read_text().splitlines()
    assert "Jane-Doe,Jane Doe,s1001@uni.example,6,Jane-Doe.html" in lines
    assert (mail.path / "Jane-Doe.html").read_text() == "Jane-Doe"


def test_the_exchange_takes_the_feedback_of_each_attempt_back(course, hand_ins, tmp_path):
    inbound = others.exchange(tmp_path / "inbound", hand_ins, "tiny")
    (inbound / next(path.name for path in inbound.glob("rroe+*")) / "submission_secret.txt").unlink()
    collect(course, "tiny", inbound)
    for student in course.students("tiny"):
        page = course.feedback / student / "tiny" / "tiny.html"
        page.parent.mkdir(parents=True)
        page.write_text(student)
    done = send_back(course, "tiny", Target.NBGRADER)
    refused, advice = done.complaints
    assert refused.startswith("rroe: not collected from nbgrader's exchange")
    config = course.config(assignment_id="tiny")
    name, _, config.CourseDirectory.student_id_exclude = shlex.split(advice)[-1].partition("=")
    assert name == "--CourseDirectory.student_id_exclude"
    config.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "exchange").mkdir(mode=0o777)
    os.chmod(tmp_path / "exchange", 0o777)
    ExchangeReleaseFeedback(coursedir=CourseDirectory(config=config), authenticator=Authenticator(), config=config
                            ).start()
    (released,) = (tmp_path / "exchange").glob("*/feedback")
    jane = hand_ins[0]
    page = released / f"{notebook_hash(secret=others.secret_of(jane), notebook_id='tiny')}.html"
    assert page.read_text() == jane.person.login
    assert len(list(released.iterdir())) == done.students == 3


@pytest.mark.parametrize(("students", "says"), [
    (["a b", "$(id)", "it's"], "--CourseDirectory.student_id_exclude=$(id),a b,it's"),
    (["doe, jane", "roe"], "feedback"),
])
def test_whom_nbgrader_leaves_out_is_one_word_of_the_shell(course, hand_in, students, says):
    """It is a command to copy; a folder's name may hold anything, and nbgrader takes one list."""
    for student in students:
        hand_in(student)
        page = course.feedback / student / "tiny" / "tiny.html"
        page.parent.mkdir(parents=True)
        page.write_text(student)
    done = send_back(course, "tiny", Target.NBGRADER)
    assert done.students == 0
    *_, advice = done.complaints
    assert shlex.split(advice.removesuffix(" first."))[-1] == says
    assert ("move doe, jane out" in advice) == ("doe, jane" in students)


def test_the_exit_status_says_that_somebody_is_left_out(course, hand_ins, grade, gdm, tmp_path):
    collect(course, "tiny", canvas.write_submissions(tmp_path / "c.zip", hand_ins), Intake())
    grade()
    roster = canvas.write_gradebook(tmp_path / "g.csv", PEOPLE[1:])
    status, output = gdm(course, "export", "tiny", "--roster", roster)
    assert (status, "doejane_1001: nobody of the roster; not exported" in output) == (PARTLY, True)

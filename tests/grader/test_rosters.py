"""Lists of the class as instructors have them: in other languages, saved again by a spreadsheet, with odd names."""

from pathlib import Path

import pytest

from gdm_grader.errors import InputError
from gdm_grader.intake.ledger import Upload
from gdm_grader.intake.roster.people import match, read_teams
from gdm_grader.intake.roster.roster import read_roster
from gdm_grader.intake.roster.sheet import read
from gdm_grader.intake.times import times_in
from gdm_grader.reports.columns import grade_column
from tools.platforms import blackboard, brightspace, canvas, moodle, others
from tools.platforms.sample import PEOPLE

CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,Tiny (4711),Final Score
    Points Possible,,,,,5,(read only)
"Doe, Jane",1001,s1,jane@uni.example,A,,88
"Roe, Rick",1002,s2,rick@uni.example,A,,88
'''
OF_CANVAS = {"doejane_1001": Upload("canvas", "1001"), "roerick_1002": Upload("canvas", "1002")}
OF_MOODLE = {"Jane-Doe": Upload("moodle", "101"), "Rick-Roe": Upload("moodle", "102")}
WORKSHEET = '''\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Can be changed,Last modified (submission)
Participant 101,Jane Doe,jane@uni.example,Submitted,,20.00,Yes,"Friday, 20 November 2026, 11:58 PM"
Participant 102,Rick Roe,rick@uni.example,Submitted,,20.00,Yes,-
'''


@pytest.fixture
def roster(tmp_path):
    """Read a list from its bytes or its text; what was read is written back as it was."""
    def make(data):
        path = tmp_path / "list.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        assert read(path).to_bytes() == path.read_bytes()
        return read_roster(path)
    return make


def owners(roster, uploads, teams=None):
    found = match(list(uploads), roster, uploads, teams)
    return [found.owners.get(place) for place in range(len(roster.people))]


def excel(text):
    """The same with semicolons, as a spreadsheet writes it where the comma is decimal."""
    return text.replace(", ", "#").replace(",", ";").replace("#", ", ").replace("88", "88,5")


@pytest.mark.parametrize("data", [
    CANVAS, CANVAS.replace("\n", "\r"), CANVAS.replace("\n", "\r\n"), "\ufeff" + CANVAS, "\ufeff\ufeff" + CANVAS,
    "\n\n" + CANVAS, CANVAS + "\n,,,,,,\n", excel(CANVAS), "sep=;\r\n" + excel(CANVAS), excel(CANVAS).encode("cp1252"),
    CANVAS.encode("utf-16"), CANVAS.encode("utf-16-be"), CANVAS.encode("utf-16-le"), CANVAS.replace("\n", ",,\n"),
    CANVAS.replace("Student,ID", "Student,\u00a0ID "),
    CANVAS.replace("1001", "1001.0").replace("1002", "1.002E+03"), CANVAS.replace(",A,", ',"A, B and C",'),
    CANVAS.replace("    Points", ",,,,,Muted,\n    Points"),
    CANVAS.replace("    Points", ",,,,,Manual Posting (scores hidden from instructors),\n    Points"),
    CANVAS.replace("Section,", "Section,Tiny,").replace(",A,", ",A,a note,").replace(",,,,,5", ",,,,,,5"),
])
def test_canvas_gradebook_is_known_however_it_was_saved(roster, data):
    found = roster(data)
    assert (found.kind, len(found.people)) == ("canvas", 2)
    assert owners(found, OF_CANVAS) == ["doejane_1001", "roerick_1002"]
    assert found.sheet.header[grade_column(found, "tiny")] == "Tiny (4711)"


@pytest.mark.parametrize(("data", "says"), [
    (CANVAS.replace('"Doe, Jane"', '"Doe, Jane'), "row 3 a quotation mark is not closed"),
    (b"PK\x03\x04", "workbook"), ("<html>", "none says who anybody is"), (b"\xff\xfe\x00\x00", "found none"),
    (CANVAS.replace('"Doe, Jane"', "Doe, Jane"), "row 3 has 8: Doe,  Jane, 1001"),
    (excel(CANVAS).replace("A;;", "A;;2;"), "';' in a cell asks for quotation marks"),
    ("Name\n", "none says who anybody is"), ("", "found none"),
])
def test_what_cannot_be_read_is_said(tmp_path, data, says):
    path = tmp_path / "list.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError, match=says):
        read_roster(path)


@pytest.mark.parametrize(("change", "says"), [
    (lambda text: text.replace("Final Score", "Tiny (4712)"), "found several"),
    (lambda text: text.replace(",5,", ",(read only),"), "read only"),
    (lambda text: text.replace("Tiny", "Huge"), "found none"),
])
def test_no_column_is_guessed(roster, change, says):
    with pytest.raises(InputError, match=says):
        grade_column(roster(change(CANVAS)), "tiny")


@pytest.mark.parametrize(("name", "folder"), [
    ('"Doe ""JJ"", Jane"', "doejjjane"), ("Doe-Roe Jane", "doeroejane"), ('"\u200fכהן, \u202bדוד\u202c"', "כהןדוד"),
    ('"O\'Neil, Eva"', "oneileva"), ('"शर्मा, प्रिया"', "शर्माप्रिया"), ('"Doe, Jr., Jane"', "doejrjane"),
])
def test_names_of_all_kinds_are_the_persons(roster, name, folder):
    found = match([f"{folder}_1001"], roster(CANVAS.replace('"Doe, Jane"', name)),
                  {f"{folder}_1001": Upload("canvas", "1001")})
    assert (found.owners, found.remarks) == ({0: f"{folder}_1001"}, [])


def test_who_stands_twice_gets_the_grade_twice_and_namesakes_are_told(roster):
    lines = CANVAS.splitlines(keepends=True)
    assert owners(roster(CANVAS + lines[2]), OF_CANVAS) == ["doejane_1001", "roerick_1002", "doejane_1001"]
    found = match(["Jane-Doe"], roster("Name\nJane Doe\nJane Doe\n"), {})
    assert found.complaints == ["Jane-Doe: several people of the roster; not exported"]


def test_a_number_of_one_platform_is_nobody_in_anothers_list(roster):
    moodles = {"Jane-Doe_104": Upload("moodle", "104")}
    grades = "First name,Last name,ID number,Email address\nSam,Sung,104,sam@uni.example\nJane,Doe,77,jane@u.example\n"
    assert owners(roster(grades), moodles) == [None, "Jane-Doe_104"]
    assert owners(roster(CANVAS.replace("1002", "104")), moodles) == ["Jane-Doe_104", None]


BLIND = "Identifier,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission)\n"


@pytest.mark.parametrize("header", [BLIND, "ID,Status,Bewertung,Bestwertung,Kann geändert werden,Geändert (Abgabe)\n"])
def test_moodle_without_names(roster, header):
    lines = [f'{"Participant " if header is BLIND else "Teilnehmer/in"}{number},Submitted,,20.00,Yes,-\n'
             for number in (101, 102)]
    uploads = {"Participant_102": Upload("moodle", "102"), "Teilnehmerin": Upload("moodle", "102")}
    found = roster(header + "".join(lines))
    folder = "Participant_102" if header is BLIND else "Teilnehmerin"
    assert owners(found, {folder: uploads[folder]}) == [None, folder]
    assert found.sheet.header[grade_column(found, "tiny")] in ("Grade", "Bewertung")


@pytest.mark.parametrize("header", [
    "编号,全名,电子邮件地址,状态,成绩,最高分,成绩可更改,最近修改（提交）", "A,B,C,D,E,F,G,H",
    "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,Modifiable,Dernière modification",
])
@pytest.mark.parametrize("time", ["2026年11月20日 星期五 下午11:58", "Friday, 20 November 2026, 11:58 PM",
                                  "الجمعة، 20 نوفمبر 2026، 11:58 PM", "vendredi 20 novembre 2026, 23:58"])
def test_moodle_in_languages_that_nobody_listed(roster, header, time):
    rows = WORKSHEET.partition("\n")[2]
    found = roster(f"{header}\n{rows}".replace("Friday, 20 November 2026, 11:58 PM", time))
    assert owners(found, OF_MOODLE) == ["Jane-Doe", "Rick-Roe"]
    assert grade_column(found, "tiny") == 4
    times = times_in(found, "tiny", list(OF_MOODLE), OF_MOODLE, None)
    assert [f"{when.astimezone():%Y-%m-%d %H:%M}" for when in times.values()] == ["2026-11-20 23:58"]


def test_moodles_members_of_a_team_have_its_name_before_theirs(roster):
    uploads = {"Group-A-Jane-Doe": Upload("moodle", "101"), "Default-group-Rick-Roe": Upload("moodle", "102")}
    assert owners(roster(WORKSHEET), uploads) == list(uploads)


def test_a_scale_takes_no_points(roster):
    scale = WORKSHEET.replace("Maximum Grade", "Scale").replace("20.00", '"bad, good"')
    with pytest.raises(InputError, match="graded with points"):
        grade_column(roster(scale), "tiny")


def test_a_grade_export_in_a_language_that_nobody_listed(roster):
    found = roster("Eesnimi,Perekonnanimi,ID,E-post,Ülesanne: Tiny (Tegelik)\nJane,Doe,s1,jane@uni.example,-\n")
    assert owners(found, {"Jane-Doe": OF_MOODLE["Jane-Doe"]}) == ["Jane-Doe"]
    assert grade_column(found, "tiny") == 4


def test_of_a_list_of_submissions_the_assignments_own_last_attempt_counts(roster):
    table = ("assignment_name,user_id,submitted_at\nTiny,1001,2026-11-20T10:00:00Z\nTiny,1001,2026-11-22T10:00:00Z\n"
             "Tiny,1001,2026-11-21T10:00:00Z\nHuge,1001,2026-12-24T10:00:00Z\nTiny,1002,\n")
    times = times_in(roster(table), "tiny", list(OF_CANVAS), OF_CANVAS, None)
    assert [f"{when:%m-%d %H}" for when in times.values()] == ["11-22 10"]
    with pytest.raises(InputError, match="which lists Huge, Tiny"):
        times_in(roster(table), "masks", list(OF_CANVAS), OF_CANVAS, None)


@pytest.mark.parametrize(("text", "says"), [("5/11/2026 23:58", "two ways"), ("yesterday", "Expected a time")])
def test_a_time_that_cannot_be_read_is_asked_for(roster, text, says):
    with pytest.raises(InputError, match=says):
        times_in(roster(f"user_id,submitted_at\n1001,{text}\n"), "tiny", list(OF_CANVAS), OF_CANVAS, None)


def test_canvas_list_of_groups_says_who_is_in_a_team(tmp_path):
    people = [*PEOPLE[:2], *PEOPLE[3:]]
    teams = {1001: "Group A", 1002: "Group A", 1004: "Owls & Co."}
    class_ = [type(one)(one.first, one.last, one.number, teams.get(one.number, "")) for one in people]
    known = read_teams(canvas.write_groups(tmp_path / "groups.csv", class_))
    assert known == {"Group A": ["1001", "1002"], "Owls & Co.": ["1004"]}
    uploads = {"groupa_1001": Upload("canvas", "1001"), "owlsco_1004": Upload("canvas", "1004")}
    found = read_roster(canvas.write_gradebook(tmp_path / "g.csv", people))
    assert owners(found, uploads, known)[:4] == ["groupa_1001", "groupa_1001", "owlsco_1004", None]


def test_teams_whose_names_are_alike_are_told(roster):
    found = match(["groupa_1001"], roster(CANVAS), OF_CANVAS, {"Group A": ["1001"], "group_a": ["1002"]})
    assert (found.owners, found.complaints) == (
        {}, ["groupa_1001: may be Group A or group_a, whose names are alike; not exported"])


def test_each_writers_list_is_of_its_kind(tmp_path):
    written = {
        "canvas": canvas.write_gradebook(tmp_path / "c.csv", PEOPLE, two_names=True),
        "moodle worksheet": moodle.write_worksheet(tmp_path / "m.csv", PEOPLE, {}, "de", blind=True),
        "blackboard": blackboard.write_grades(tmp_path / "b.csv", PEOPLE, encoding="utf-8-sig", separator=","),
        "brightspace": brightspace.write_grades(tmp_path / "d.csv", PEOPLE, names=False),
        "other": others.write_classroom_roster(tmp_path / "o.csv", PEOPLE),
    }
    assert {kind: read_roster(Path(path)).kind for kind, path in written.items()} == {kind: kind for kind in written}


def test_whoever_calls_themselves_like_anothers_account_gets_and_costs_them_nothing(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Login,Name\nann,Ann Honest\neve,ann\n")
    found = match(["ann", "eve"], read_roster(path), {student: Upload("exchange") for student in ("ann", "eve")})
    assert (found.owners, found.complaints) == ({0: "ann", 1: "eve"}, [])
    unknown = match(["ann", "eve"], read_roster(path), {})
    assert (unknown.owners, unknown.complaints) == ({1: "eve"}, ["ann: several people of the roster; not exported"])

"""A class that Canvas hands out without names, and again with them: nobody is counted twice, no grade gets lost."""

import shutil
from dataclasses import replace

import pytest

from gdm_grader.errors import PARTLY
from gdm_grader.intake.collect import collect
from gdm_grader.records.points import counted
from tools.platforms import canvas
from tools.platforms.sample import PEOPLE


@pytest.fixture
def blind_class(course, hand_ins, grade, tmp_path):
    collect(course, "tiny", canvas.write_submissions(tmp_path / "blind.zip", hand_ins, anonymous=True))
    grade()
    return course


def test_once_canvas_shows_the_names_each_folder_stays_its_owners_and_their_grades_go_back(blind_class, hand_ins, gdm,
                                                                                           grade, tmp_path):
    students = blind_class.students("tiny")
    zipped = canvas.write_submissions(tmp_path / "named.zip", hand_ins)
    status, output = gdm(blind_class, "collect", "tiny", zipped)
    assert (status, "4 unchanged" in output) == (0, True)
    assert "anon_aB001: unchanged: doejane_1001 in this zip, by the number of the upload" in output
    assert blind_class.students("tiny") == students
    assert grade() == []
    roster = canvas.write_gradebook(tmp_path / "roster.csv", PEOPLE)
    assert gdm(blind_class, "export", "tiny", "--roster", roster)[0] == 0
    written = blind_class.classroom / "export" / "tiny-canvas.csv"
    assert canvas.imported(written, "Tiny (4711)") == {1001: "6", 1002: "3", 1003: "0", 1004: "6", 1005: ""}
    assert gdm(blind_class, "report", "tiny", "--roster", roster)[1].count("Jane Doe") == 1
    again = canvas.write_submissions(tmp_path / "again.zip", [replace(hand_ins[0], upload=60700), *hand_ins[1:]])
    assert {line.student for line in collect(blind_class, "tiny", again)} == set(students)


def test_who_handed_in_again_before_the_names_were_shown_is_asked_for_by_name(blind_class, hand_ins, notebook, gdm,
                                                                              tmp_path):
    better = replace(hand_ins[2], files={"tiny.ipynb": notebook(double=0, total=0)}, upload=60900)
    zipped = canvas.write_submissions(tmp_path / "named.zip", [*hand_ins[:2], better, hand_ins[3]])
    for _ in range(2):
        status, output = gdm(blind_class, "collect", "tiny", zipped)
        assert status == PARTLY
        assert "anon_aB003: kept: none of the uploads in this zip, which has names" in output
        assert "Remove submitted/anon_aB003/tiny once you know" in output
    assert "özümüt_1003" in blind_class.students("tiny")
    assert sorted(counted(blind_class, "tiny").values()) == [0, 3, 6, 6]
    shutil.rmtree(blind_class.submitted / "anon_aB003" / "tiny")
    assert gdm(blind_class, "collect", "tiny", zipped)[0] == 0


def test_names_that_canvas_hides_later_change_no_folder_either(course, hand_ins, tmp_path):
    collect(course, "tiny", canvas.write_submissions(tmp_path / "named.zip", hand_ins))
    students = course.students("tiny")
    for _ in range(2):
        collect(course, "tiny", canvas.write_submissions(tmp_path / "blind.zip", hand_ins, anonymous=True))
        assert course.students("tiny") == students

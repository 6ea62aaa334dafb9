"""Points that are older than the newest submission are named before anybody relies on them."""

from dataclasses import replace

import pytest
from rich.console import Console

from gdm_grader.errors import PARTLY
from gdm_grader.grading import cohort
from gdm_grader.intake.collect import collect
from gdm_grader.reports.checks.standing import reasons
from tools.platforms import canvas, moodle
from tools.platforms.sample import PEOPLE


def worksheet(path, people):
    return moodle.write_worksheet(path, people, {}, most="6.00")


WAYS = {"canvas": (canvas.write_submissions, canvas.write_gradebook, "roerick_1002"),
        "moodle": (moodle.write_submissions, worksheet, "Rick-Roe"),
        "csv": (canvas.write_submissions, None, "roerick_1002")}


@pytest.mark.parametrize("way", WAYS)
def test_export_names_whose_points_are_older_than_the_newest_submission(course, hand_ins, notebook, grade, gdm,
                                                                        tmp_path, way):
    write, roster, rick = WAYS[way]
    collect(course, "tiny", write(tmp_path / "one.zip", hand_ins[:3]))
    grade()
    asked = ["export", "tiny", *(["--roster", roster(tmp_path / "roster.csv", PEOPLE)] if roster else [])]
    assert gdm(course, *asked)[0] == 0
    better = replace(hand_ins[1], files={"tiny.ipynb": notebook(double=0, total=0)}, upload=60900)
    broken = replace(hand_ins[2], files={"tiny.ipynb": b'{"cells": ['}, upload=60950)
    collect(course, "tiny", write(tmp_path / "two.zip", [hand_ins[0], better, broken, hand_ins[3]]))
    status, output = gdm(course, *asked)
    assert status == PARTLY
    assert f"points are older than the newest submission: {rick}. `gdm grade tiny` grades them" in output
    assert "handed in, and not graded yet: " in output
    assert "the newest submission was refused (tiny.ipynb is not a notebook (not JSON: it breaks off" in output
    assert "; the points are those of an earlier one" in output
    grade()
    assert [line.partition(": ")[2].partition(" (")[0] for line in reasons(course, "tiny")] == [
        "the newest submission was refused"]
    collect(course, "tiny", write(tmp_path / "three.zip", [hand_ins[0], better, *hand_ins[2:]]))
    assert gdm(course, *asked)[0] == 0


def test_an_older_refusal_says_nothing_of_a_newer_submission(course, hand_ins, grade, tmp_path):
    broken = replace(hand_ins[1], files={"tiny.ipynb": b""}, upload=60002)
    collect(course, "tiny", canvas.write_submissions(tmp_path / "new.zip", hand_ins))
    collect(course, "tiny", canvas.write_submissions(tmp_path / "old.zip", [hand_ins[0], broken, *hand_ins[2:]]))
    grade()
    assert reasons(course, "tiny") == []
    collect(course, "tiny", canvas.write_submissions(tmp_path / "first.zip", [
        hand_ins[0], replace(broken, person=PEOPLE[-1])]))
    assert reasons(course, "tiny") == ["absentann_1005: the newest submission was refused (tiny.ipynb is empty); "
                                         "there are no points"]


def test_a_changed_test_is_no_newer_submission(course, small_class, grade):
    assert reasons(course, "tiny") == ["handed in, and not graded yet: ann, bob, cid, dora. `gdm grade tiny` grades "
                                       "them"]
    grade()
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("labelled_timeout = 2 ", "labelled_timeout = 3 "))
    assert reasons(course, "tiny") == ["points are older than the last change of a test, a setting, the grader or a "
                                       "library: ann, bob, cid, dora. `gdm grade tiny` grades them again"]


def test_a_changed_test_is_no_newer_submission_where_one_was_graded_again(course, small_class, grade_class):
    grade_class()
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("labelled_timeout = 2 ", "labelled_timeout = 3 "))
    cohort.grade_class(course, "tiny", ["ann"], 2, Console(quiet=True))
    assert reasons(course, "tiny") == ["points are older than the last change of a test, a setting, the grader or a "
                                       "library: bob, cid, dora. `gdm grade tiny` grades them again"]

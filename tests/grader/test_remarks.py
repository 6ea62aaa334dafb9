"""Remarks on submissions that are taken: files that stay out, cells of another assignment, uncertain zones."""

import json
import shutil
import zipfile
from zoneinfo import ZoneInfo

import pytest

from gdm_grader.intake.collect import Intake, collect

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
MOODLE = "{who}_{number}_assignsubmission_file_/tiny.ipynb"


@pytest.fixture
def zipped(tmp_path):
    """Write a zip of {name: text}."""
    def write(contents):
        path = tmp_path / "class.zip"
        with zipfile.ZipFile(path, "w") as target:
            for name, text in contents.items():
                target.writestr(name, text)
        return path
    return write


def outcome(taken):
    return {line.student: (line.status, line.why) for line in taken}


def test_modules_and_notebooks_that_stay_out_are_named(course, zipped):
    (course.source("tiny").parent / "given.py").write_text("")
    start = "Jane Doe_1_assignsubmission_file_/"
    beside = ["helper.py", "given.py", "data.csv", "tiny-1.ipynb", "tiny_final.ipynb", "a.py", "lib/b.py"]
    taken = collect(course, "tiny", zipped({start + name: TEXT for name in ["tiny.ipynb", *beside]}))
    assert taken[0].status == "new"
    assert taken[0].why.endswith("left out: a.py, b.py, helper.py and 1 more")
    alone = collect(course, "tiny", zipped({MOODLE.format(who="Rick Roe", number=2).replace("tiny", "solved"): TEXT}))
    assert outcome(alone)["Rick-Roe"] == ("new", "it was called solved.ipynb")


def test_a_notebook_of_another_assignment_is_taken_and_said_to_be_one(course, zipped, notebook):
    shutil.copytree(course.source("tiny").parent, course.solutions / "huge")
    path = course.solutions / "huge" / "huge.ipynb"
    path.with_name("tiny.ipynb").rename(path)
    path.write_text(path.read_text().replace('"double"', '"cube"').replace('"total"', '"product"'))
    cells = [{"cell_type": "code", "metadata": {"nbgrader": {"grade_id": label}}, "source": ""}
             for label in ("cube", "product", "elsewhere")]
    others = {"Eva": cells, "Ann": cells[2:], "Bob": [{**cells[0], "metadata": {}}], "Cid": []}
    texts = {MOODLE.format(who=who, number=ord(who[0])): TEXT.replace("[]", json.dumps(found))
             for who, found in others.items()}
    taken = outcome(collect(course, "tiny", zipped(texts | {MOODLE.format(who="Joe", number=9): notebook(double=0)})))
    assert taken == {
        "Eva": ("new", "none of its cells is of tiny, but of huge: it may be another assignment's"),
        "Ann": ("new", "none of its cells is of tiny: it may be another assignment's"),
        "Bob": ("new", None), "Cid": ("new", None), "Joe": ("new", None)}


EXCHANGE = "{who}+tiny+{when}+5af3c0/tiny.ipynb"


@pytest.mark.parametrize(("when", "zone", "utc"), [
    ("2026-11-20 23:58:01.123456 UTC", "Asia/Tokyo", "2026-11-20 23:58:01"),
    ("2026-11-20 23:58:01.123456 CET", "Asia/Tokyo", "2026-11-20 22:58:01"),
    ("2026-07-20 23:58:01.123456 CEST", "Europe/Berlin", "2026-07-20 21:58:01"),
    ("2026-07-20 23:58:01.123456 CEST", "Asia/Tokyo", None),
    ("2026-11-20 23:58:01.123456", "Asia/Tokyo", "2026-11-20 14:58:01"),
])
def test_the_zone_of_the_exchange_counts_and_one_that_is_not_certain_makes_no_time(course, zipped, when, zone, utc):
    taken = collect(course, "tiny", zipped({EXCHANGE.format(who="ann", when=when): TEXT}),
                    Intake(zone=ZoneInfo(zone)))
    stamp = course.submitted / "ann/tiny/timestamp.txt"
    assert (stamp.read_text() if stamp.exists() else None) == (utc and f"{utc} UTC\n")
    assert (taken[0].why is None) == (utc is not None)
    assert utc or "its time is in CEST" in taken[0].why


def test_an_attempt_with_another_kind_of_time_does_not_stop_the_class(course, zipped):
    times = ["2026-11-20 23:58:01 UTC", "2026-11-21 10:00:00", "2026-11-21 12:00:00 +99:00", "2026-99-01 1 FOO BAR"]
    names = [EXCHANGE.format(who="eve", when=when) for when in times]
    taken = collect(course, "tiny", zipped(dict.fromkeys([*names, EXCHANGE.format(who="ann", when=times[0])], TEXT)))
    assert {line.student: line.status for line in taken} == {"ann": "new", "eve": "new"}

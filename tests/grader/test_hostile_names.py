"""Names that a student chooses for the files in a zip cost the class neither time nor a reading of its own names."""

import io
import time
import zipfile
from pathlib import PurePosixPath

import pytest

from gdm_grader.intake.collect import collect
from gdm_grader.intake.names.entry import Entry
from gdm_grader.intake.names.layouts import handed_in

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
MOST_SECONDS = 6  # of processor time, on a crowded machine; a fifth of it otherwise
LONG = {"numbers": "_1", "signs": "-", "copies": "copy-", "years": " - 1111", "attempts": "_a_attempt_2020",
        "folders": "a/"}


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_a_name_as_long_as_a_zip_can_hold_costs_no_more_than_another(course, tmp_path, piece):
    """Reading a name takes the square of its length: half an hour, or gigabytes, for the longest."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("annpoe_101_201_tiny.ipynb", TEXT)
        archive.writestr("bobdoe_102_202_tiny.zip", zipped({(piece * 65_000)[:65_000] + ".ipynb": TEXT}))
    before = time.process_time()
    taken = {line.student: (line.status, line.why) for line in collect(course, "tiny", path)}
    assert time.process_time() - before < MOST_SECONDS
    assert taken["annpoe_101"] == ("new", None)
    assert [why for status, why in taken.values() if status == "refused" and "longer than" in why]


@pytest.mark.parametrize("piece", LONG.values(), ids=LONG)
def test_many_files_with_long_names_are_read_in_a_time_that_grows_with_their_number(course, tmp_path, piece):
    path = tmp_path / "class.zip"
    long = [f"{(piece * 400)[:400]}{number}.ipynb" for number in range(600)]
    path.write_bytes(zipped({"annpoe_101_201_tiny.ipynb": TEXT, "bobdoe_102_202_1_1_1_1_tiny.zip": zipped(
        dict.fromkeys(long, ""))}))
    before = time.process_time()
    assert {line.student: line.status for line in collect(course, "tiny", path)}["annpoe_101"] == "new"
    assert time.process_time() - before < MOST_SECONDS


def test_a_zip_of_many_files_has_one_vote_on_how_the_names_of_the_class_are_read(course, tmp_path):
    """Ann's own file begins with numbers; a zip whose files have numbers like these would say that they are hers."""
    path = tmp_path / "class.zip"
    swaying = dict.fromkeys((f"x_2001_3_{number}.txt" for number in range(60)), "")
    path.write_bytes(zipped({"annpoe_101_2001_3_tiny.ipynb": TEXT, "bobdoe_102_200001_tiny.zip": zipped(swaying),
                             "evecoe_103_2002_tiny.ipynb": TEXT}))
    assert {line.student for line in collect(course, "tiny", path)} == {"annpoe_101", "bobdoe_102", "evecoe_103"}


def test_a_zip_of_many_files_is_read_in_a_time_that_grows_with_their_number():
    """Each was compared with each: eight minutes for as many as a zip may hold."""
    entries = [Entry(PurePosixPath(f"bobdoe_102_202_tiny.zip/{number}.ipynb"), bytes) for number in range(4000)]
    before = time.process_time()
    assert len(handed_in(entries, "tiny")) == len(entries)
    assert time.process_time() - before < MOST_SECONDS

"""Files that a student packs or nests cost that student alone: zips that no codec reads, bottomless folders."""

import io
import os
import struct
import zipfile

import pytest

from gdm_grader.errors import SubmissionError
from gdm_grader.grading.digest import submission_digest
from gdm_grader.intake import submission
from gdm_grader.intake.collect import collect
from gdm_grader.intake.submission import kernel_files
from gdm_grader.sandbox.linux import tree

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
METHODS = {"deflate": 8, "bzip2": 12, "lzma": 14, "unknown": 99}


@pytest.fixture
def nest():
    """Make folders in folders, deeper than Python may recurse, and remove them, which pytest cannot."""
    made = []

    def into(folder, depth=1200):
        made.append(folder / "d")
        here = os.open(folder, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir("d", dir_fd=here)
            below = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)

    yield into
    for folder in made:
        tree.remove(str(folder))
        assert not folder.exists()


def patched(data, place, value, central=True):
    """The zip with a number of two bytes changed in its first entry: in the directory, or in front of the data."""
    start = data.index(b"PK\x01\x02" if central else b"PK\x03\x04")
    return data[:start + place] + struct.pack("<H", value) + data[start + place + 2:]


def small_zip(name="tiny.ipynb", method=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, TEXT)
    return buffer.getvalue()


def taken_from(course, tmp_path, hostile):
    """The class's zip holds one honest student, and one who handed in a zip."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ann/tiny.ipynb", TEXT)
        archive.writestr("bad/work.zip", hostile)
    return {line.student: line.status for line in collect(course, "tiny", path)}


HOSTILE = {
    "extract version 99": patched(small_zip(), 6, 99),
    "strange flags": patched(small_zip(), 8, 0xFFFF),
    **{f"{name} that is none": patched(patched(small_zip(), 10, number), 8, number, central=False)
       for name, number in METHODS.items()},
    "a name of a dot": small_zip("."), "no name": patched(small_zip(), 28, 0),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_zip_that_no_codec_reads_is_that_students_alone(course, tmp_path, hostile):
    statuses = taken_from(course, tmp_path, hostile)
    assert statuses.pop("ann") == "new"
    assert set(statuses.values()) <= {"refused"}


@pytest.mark.parametrize("error", [MemoryError, RecursionError, NotImplementedError("a codec"), struct.error("short")])
def test_any_error_of_a_codec_is_that_files_alone(course, tmp_path, monkeypatch, error):
    read = zipfile.ZipFile.read

    def fails_for_one(archive, member, *rest):
        if "bad" in member.filename:
            raise error
        return read(archive, member, *rest)

    monkeypatch.setattr(zipfile.ZipFile, "read", fails_for_one)
    assert taken_from(course, tmp_path, small_zip()) == {"ann": "new", "bad": "refused"}


def test_a_class_unpacked_with_a_bottomless_folder_is_collected(course, tmp_path, nest):
    for student in ("ann", "bad"):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / "tiny.ipynb").write_text(TEXT)
    nest(tmp_path / "class" / "bad")
    statuses = {line.student: line.status for line in collect(course, "tiny", tmp_path / "class")}
    assert statuses["ann"] == "new"


def test_a_bottomless_folder_stops_neither_the_digests_of_the_class_nor_its_own_refusal(tmp_path, nest):
    (tmp_path / "tiny.ipynb").write_text(TEXT)
    nest(tmp_path)
    assert submission_digest(tmp_path, "") == submission_digest(tmp_path, "")
    with pytest.raises(SubmissionError, match="deep"):
        kernel_files(tmp_path)


def test_files_beside_a_notebook_are_bounded_before_they_are_read(tmp_path, monkeypatch):
    with (tmp_path / "data.bin").open("wb") as file:
        file.truncate(1 << 40)  # a hole: a terabyte that takes no disk
    with pytest.raises(SubmissionError, match="larger than 20 MB"):
        kernel_files(tmp_path)
    (tmp_path / "data.bin").unlink()
    monkeypatch.setattr(submission, "MAX_ENTRIES", 3)
    for number in range(4):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(SubmissionError, match="more than 3 files"):
        kernel_files(tmp_path)

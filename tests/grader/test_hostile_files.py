"""Files that a student packs or nests cost that student alone: zips that no codec reads, bottomless folders."""

import gc
import io
import os
import socket
import struct
import weakref
import zipfile
from pathlib import Path

import pytest

from gdm_grader.errors import InputError, SubmissionError
from gdm_grader.grading.digest import submission_digest
from gdm_grader.intake import archive, submission
from gdm_grader.intake.collect import collect
from gdm_grader.intake.submission import kernel_files
from gdm_grader.sandbox.linux import tree

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
TERABYTE = 1 << 40
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


def taken_from_folders(course, folder, spoil):
    """Each student's status, where `spoil` has put what nobody can read beside the notebook of one."""
    for student in ("ann", "bad"):
        (folder / student).mkdir(parents=True)
        (folder / student / "tiny.ipynb").write_text(TEXT)
    spoil(folder / "bad")
    return {line.student: line.status for line in collect(course, "tiny", folder)}


def test_a_class_unpacked_with_a_bottomless_folder_is_collected(course, tmp_path, nest):
    statuses = taken_from_folders(course, tmp_path / "class", nest)
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


def packed(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def many_files(count):
    return packed(**{f"{number}_txt": "" for number in range(count)})


@pytest.mark.parametrize("hostile", [
    pytest.param(lambda: many_files(60), id="more files than a class"),
    pytest.param(lambda: many_files(49), id="as many files as a class"),
    pytest.param(lambda: packed(**{f"{number}_zip": many_files(40) for number in range(5)}), id="zips of many files")])
def test_a_zip_of_many_files_is_that_students_alone(course, tmp_path, monkeypatch, hostile):
    monkeypatch.setattr("gdm_grader.intake.archive.MAX_FILES", 50)
    monkeypatch.setattr("gdm_grader.intake.archive.TOO_MANY", "too many")
    assert taken_from(course, tmp_path, hostile()) == {"ann": "new", "bad": "refused"}


def test_zips_in_a_students_zip_are_bounded_together_and_not_all_kept_in_memory(tmp_path, monkeypatch):
    inner = packed(tiny_ipynb=TEXT)
    path = tmp_path / "class.zip"
    path.write_bytes(packed(bad_zip=packed(**{f"{number}_zip": inner for number in range(4)})))
    held: list[weakref.ref] = []
    opened = zipfile.ZipFile.__init__

    def counted(own, *arguments, **named):
        held.append(weakref.ref(own))
        opened(own, *arguments, **named)

    monkeypatch.setattr(zipfile.ZipFile, "__init__", counted)
    with archive.open_archive(path) as entries:
        assert [entry.read() for entry in entries] == [TEXT.encode()] * 4
        gc.collect()
        assert len([one for one in held if one() is not None]) == 1 + archive.MAX_ZIPS_IN_ZIPS
    monkeypatch.setattr(archive, "TOTAL_INSIDE", len(inner) * 3)
    with archive.open_archive(path) as entries:
        assert ["content is refused" in entry.problem for entry in entries] == [True]


def test_a_folder_that_its_owner_has_shut_is_that_students_alone(course, tmp_path, monkeypatch):
    for student in ("ann", "bad"):
        (tmp_path / "class" / student / "more").mkdir(parents=True)
        (tmp_path / "class" / student / "tiny.ipynb").write_text(TEXT)
    listed = Path.iterdir

    def shut(place):
        if place == tmp_path / "class" / "bad" / "more":
            raise PermissionError(13, "Permission denied")
        return listed(place)

    monkeypatch.setattr(Path, "iterdir", shut)
    taken = {line.student: line.status for line in collect(course, "tiny", tmp_path / "class")}
    assert taken["ann"] == taken["bad"] == "new"
    monkeypatch.setattr(Path, "iterdir", lambda place: shut(tmp_path / "class" / "bad" / "more"))
    with pytest.raises(InputError, match="cannot be read"):
        collect(course, "tiny", tmp_path / "class")


def test_what_a_student_has_shut_or_named_oddly_stops_no_digest_of_the_class(tmp_path, monkeypatch):
    (tmp_path / "tiny.ipynb").write_text(TEXT)
    (tmp_path / os.fsdecode(b"\xff.txt")).touch()
    assert submission_digest(tmp_path, "") == submission_digest(tmp_path, "")
    assert len(kernel_files(tmp_path)) == 1

    def refused(*arguments, **named):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    monkeypatch.setattr(Path, "open", refused)
    assert submission_digest(tmp_path, "") == submission_digest(tmp_path, "")
    with pytest.raises(SubmissionError, match="cannot be read"):
        kernel_files(tmp_path)
    monkeypatch.setattr(os, "scandir", refused)
    assert submission_digest(tmp_path, "") == submission_digest(tmp_path, "")
    with pytest.raises(SubmissionError, match="its folder"):
        kernel_files(tmp_path)


@pytest.fixture
def odd_files():
    """Put beside a notebook what no notebook reads: a pipe, a socket, links in a circle, a terabyte of nothing."""
    def into(folder):
        os.mkfifo(folder / "pipe.txt")
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(str(folder / "socket.txt"))
        (folder / "here.txt").symlink_to("there.txt")
        (folder / "there.txt").symlink_to("here.txt")
        (folder / "around").symlink_to(folder, target_is_directory=True)
        (folder / ("n" * 251 + ".txt")).touch()
        with (folder / "large.ipynb").open("wb") as file:
            file.truncate(TERABYTE)
    return into


def test_a_pipe_a_circle_and_a_terabyte_of_nothing_hold_nobody_up(course, tmp_path, odd_files):
    taken = taken_from_folders(course, tmp_path / "class", odd_files)
    assert taken["ann"] == "new"
    assert taken["bad"] in ("new", "refused")


def test_a_digest_reads_no_more_than_can_be_handed_in(tmp_path, odd_files):
    """One that reads a terabyte takes a quarter of an hour, and all of the class waits."""
    (tmp_path / "tiny.ipynb").write_text(TEXT)
    odd_files(tmp_path)
    before = submission_digest(tmp_path, "")
    assert sorted(kernel_files(tmp_path)) == ["n" * 251 + ".txt"]
    os.truncate(tmp_path / "large.ipynb", TERABYTE // 2)
    assert submission_digest(tmp_path, "") != before

"""A command writes a file as a whole or not at all, and says in a sentence what a disk has against it."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gdm_grader import errors, logs
from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course.disk import trouble, whole
from gdm_grader.records.regrade import changes, history
from tests.grader.small_disk import may_mount

ROOT = Path(__file__).parents[2]


def half(path):
    """Begin to write a file, until the disk is full."""
    with whole.replacing(path) as part:
        part.write_text("ha")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "folder" / "grades.csv"
    whole.write(path, "old")
    with pytest.raises(OSError, match=r"grades\.csv") as failure:
        half(path)
    assert (path.read_text(), list(path.parent.iterdir())) == ("old", [path])
    assert str(path) in errors.sentence_for(failure.value)


def test_where_not_even_a_part_can_be_removed_the_file_is_named(tmp_path, monkeypatch):
    """As on a disk that is read-only."""
    def refuse(path, *_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(OSError, match=r"grades\.csv'$"):
        whole.write(tmp_path / "grades.csv", "1")


def test_a_folder_is_replaced_as_a_whole(tmp_path, monkeypatch):
    source, target = tmp_path / "source", tmp_path / "target"
    whole.write(source / "one.txt", "new")
    whole.write(target / "old.txt", "old")
    whole.copy_folder(source, target)
    assert [path.name for path in target.iterdir()] == ["one.txt"]

    def fails(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(shutil, "copystat", fails)
    with pytest.raises(shutil.Error) as failure:
        whole.copy_folder(source, target)
    assert f"No space is left on {trouble.mounted_at(tmp_path)}" in errors.sentence_for(failure.value)
    assert sorted(tmp_path.iterdir()) == [source, target]
    assert [path.name for path in target.iterdir()] == ["one.txt"]


def test_what_is_added_begins_on_a_line_of_its_own(tmp_path):
    path = tmp_path / "lines"
    whole.append(path, "one\n")
    path.write_text(path.read_text() + "a half")
    whole.append(path, "two\n")
    assert path.read_text() == "one\na half\ntwo\n"


def test_after_half_a_line_the_next_grading_is_read(course):
    entry = history.Grading("2026-12-01", 3.0, 7, "tests", "work")
    history.add(course, "tiny", "ann", entry)
    (path,) = course.classroom.glob("history/tiny/*")
    path.write_bytes(path.read_bytes()[:-20])
    history.add(course, "tiny", "ann", entry)
    assert history.read(course, "tiny", "ann") == [entry]


def test_changes_get_their_header_where_nothing_could_be_written(course, monkeypatch):
    def fails(path, _):
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    changed = [changes.Changed("ann", 3.0, 6.0, "handed in again", True)]
    with monkeypatch.context() as context:
        context.setattr(Path, "write_bytes", fails)
        with pytest.raises(OSError, match="No space left"):
            changes.write(course, "tiny", changed)
    lines = changes.write(course, "tiny", changed).read_text().splitlines()
    assert (len(lines), lines[0].split(",")[0]) == (2, changes.CHANGES_COLUMNS[0])


@pytest.mark.parametrize(("error", "sentence"), [
    (OSError(errno.ENOSPC, "no space", "/proc/stat"), "No space is left on /proc, the disk that holds /proc/stat."),
    (OSError(errno.ENOSPC, "no space", "/etc/passwd", None, "/proc/stat"), "No space is left on /proc"),
    (OSError(errno.EDQUOT, "quota", "/proc/stat"), "Your quota is used up on /proc"),
    (OSError(errno.ENOSPC, "no space"), "No space is left on /proc, the disk that holds /proc/stat."),
    (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/no']"), "['/no']. Set TMPDIR"),
    (OSError(errno.EIO, "a broken disk", "/proc/stat"), None),
    (PermissionError(errno.EACCES, "no", "/proc/self/status"), None),  # it can be read: something else is the matter
    (FileNotFoundError(errno.ENOENT, "no such file", "/nowhere"), None),
])
def test_only_what_is_seen_is_said(error, sentence, monkeypatch):
    monkeypatch.setattr(trouble, "AT_WORK", [Path("/proc/stat")])
    monkeypatch.setattr(trouble, "is_full", lambda place: place == Path("/proc/stat"))
    found = trouble.sentence_for_disk(error)
    assert found is None if sentence is None else sentence in found


def test_a_log_that_cannot_be_written_ends_no_command(tmp_path, capsys):
    (tmp_path / "gdm.log").mkdir()
    logs.set_up(verbose=False)
    logs.log_into(tmp_path / "gdm.log")
    logs.LOGGER.error("one")
    logs.LOGGER.error("two")
    logs.set_up(verbose=False)
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path}/gdm.log cannot be written: ")
    assert said.count("\n") == 1


def test_a_user_without_a_name_has_no_home_and_needs_none(tmp_path):
    """As of `docker run -u 12345`: the packages were said to be broken."""
    program = """import os, pwd
def nobody(number):
    raise KeyError(number)
pwd.getpwuid = nobody
del os.environ["HOME"]
import gdm_grader.course.converter
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True,
                          env=os.environ | {"HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_output_that_goes_to_a_full_disk_is_a_sentence():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-m", "gdm_grader", "--version"], cwd=ROOT, text=True, stdout=full,
                              stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "The disk is full. Make room.\n")


@pytest.mark.skipif(not may_mount(), reason="a small disk needs a mount namespace, which this machine forbids")
@pytest.mark.slow
def test_on_a_small_disk_each_command_does_all_or_names_the_disk(course, small_class, grade_class, tmp_path_factory):
    """And goes on when there is room."""
    grade_class()
    plain = new_notebook(cells=[new_code_cell("print(1 + 1)", id="one")], metadata=METADATA)
    nbformat.write(plain, course.solutions / "plain.ipynb")
    (course.classroom / "demonstration.txt").touch()
    folder = tmp_path_factory.mktemp("small")
    shutil.copytree(course.root, folder / "course")
    command = ["unshare", "--map-root-user", "--mount", sys.executable, "-m", "tests.grader.small_disk", str(folder)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr

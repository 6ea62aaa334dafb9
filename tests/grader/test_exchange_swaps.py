"""The exchange stays the students' own while it is collected: what they put in a file's place leads nowhere."""

import os

import pytest

from gdm_grader.intake import archive
from gdm_grader.intake.collect import collect

TEXT = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
TERABYTE = 1 << 40
STUDENT = "ann+tiny+2026-11-02 10:00:00.1 UTC+aa"


def swap_file(attempt, secret):
    (attempt / "tiny.ipynb").unlink()
    (attempt / "tiny.ipynb").symlink_to(secret / "tiny.ipynb")


def swap_folder(attempt, secret):
    attempt.rename(attempt.with_name("elsewhere"))
    attempt.symlink_to(secret, target_is_directory=True)


def swap_for_a_pipe(attempt, secret):
    (attempt / "tiny.ipynb").unlink()
    os.mkfifo(attempt / "tiny.ipynb")


def swap_for_a_folder(attempt, secret):
    (attempt / "tiny.ipynb").unlink()
    (attempt / "tiny.ipynb").mkdir()


def swap_for_a_terabyte(attempt, secret):
    os.truncate(attempt / "tiny.ipynb", TERABYTE)


@pytest.mark.parametrize("swap", [swap_file, swap_folder, swap_for_a_pipe, swap_for_a_folder, swap_for_a_terabyte])
def test_what_a_student_changes_between_the_list_and_the_reading_leads_nowhere(course, tmp_path, monkeypatch, swap):
    """The exchange stays theirs while it is collected: a link that takes a file's place would bring the solution."""
    attempt, secret = tmp_path / "inbound" / STUDENT, tmp_path / "secret"
    for folder in (attempt, secret):
        folder.mkdir(parents=True)
        (folder / "tiny.ipynb").write_text(TEXT)
    (secret / "tiny.ipynb").write_text(TEXT.replace("[]", '[{"cell_type": "code", "source": "CANARY"}]'))
    listed = archive._in_folder

    def listed_and_swapped(folder):
        entries = list(listed(folder))
        swap(attempt, secret)
        return entries

    monkeypatch.setattr(archive, "_in_folder", listed_and_swapped)
    assert [(one.student, one.status) for one in collect(course, "tiny", tmp_path / "inbound")] == [("ann", "refused")]
    assert not [path for path in course.submitted.rglob("*.ipynb") if "CANARY" in path.read_text()]

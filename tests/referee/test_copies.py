"""Copies of a kernel, in which tests run inside: they have the notebook as it was when they were made."""

import time

from gdm_grader.referee.kernel import copies


def test_a_copy_has_its_files_before_the_next_cell_can_change_them(tmp_path, monkeypatch):
    taken = tmp_path / "taken"

    def slowly():
        time.sleep(0.2)
        taken.touch()

    monkeypatch.setattr(copies, "_take_files", slowly)
    monkeypatch.setattr(copies, "_copies", {})
    copies.fork_copy(1)
    assert taken.exists()
    copies._copies[1].close()

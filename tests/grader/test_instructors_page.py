"""The instructor's page shows what the commands print, and the READMEs show commands that do what they say."""

import time

import pytest

from tools.transcript import PAGE, ROOT, comparable, prepare, replayed

READMES = (ROOT / "README.md", ROOT / "gdm_grader" / "README.md")


def commands_about_the_graded_class() -> list[str]:
    """The lines of both READMEs that report on a class and export it, without their comments."""
    found = []
    for path in READMES:
        lines = path.read_text(encoding="utf-8").replace(".venv/bin/", "").splitlines()
        for line in map(str.strip, lines):
            if line.startswith(("gdm report", "gdm export")):
                found.append(line.partition("#")[0].strip())
    assert len(found) == 2 * len(READMES)
    return found


@pytest.mark.slow
def test_every_command_of_the_page_prints_what_the_page_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    prepare(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    assert comparable(replayed(page, tmp_path)) == comparable(page), "run: python -m tools.transcript"
    for command in commands_about_the_graded_class():  # which the page's commands have just left there
        assert replayed(f"```console\n$ {command}\n```", tmp_path).count("\n") > 2, command

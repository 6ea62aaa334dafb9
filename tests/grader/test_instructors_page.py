"""The instructor's page shows what the commands print."""

import time

import pytest

from tools.transcript import PAGE, comparable, prepare, replayed


@pytest.mark.slow
def test_every_command_of_the_page_prints_what_the_page_shows(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    prepare(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    assert comparable(replayed(page, tmp_path)) == comparable(page), "run: python -m tools.transcript"

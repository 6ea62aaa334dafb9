"""The end of a process that computes below Python without an end, or crashes there, with a note of the test it was in.

No thread of Python's runs while `sum(range(n))` or a function of torch does, with a number or a shape that a student's
code gave back. So the timer, and what writes the note, are faulthandler's. The next process reads the note and leaves
that test out: it alone is lost.
"""

import faulthandler
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

TEST_GRACE_SECONDS = 20.0  # beyond a test's own time, after which only C can still be running
_BEGIN = "-- begins\n"
_PLACE = re.compile(r'^  File "<(?!string>)([^"<>\s]+)>", line \d+', re.MULTILINE)  # <string>: how a worker starts
_walls: list[tuple[float, IO[str]]] = []  # the time of each, and where to write; the last one counts


@contextmanager
def wall(limit: float, note: Path | str = os.devnull) -> Iterator[None]:
    """End this process after `limit` seconds, or where it crashes; `note` then says where it was."""
    with open(note, "a", encoding="utf-8") as file:
        faulthandler.enable(file)
        try:
            with _until(time.monotonic() + limit, file):
                yield
        finally:
            faulthandler.disable()


@contextmanager
def nearer(limit: float) -> Iterator[None]:
    """Within a wall: end this process sooner, `limit` seconds from now."""
    if not _walls:
        yield
        return
    until, file = _walls[-1]
    with _until(min(until, time.monotonic() + limit), file):
        yield


@contextmanager
def _until(until: float, file: IO[str]) -> Iterator[None]:
    _walls.append((until, file))
    try:
        _arm()
        yield
    finally:
        _walls.pop()
        _arm()


def _arm() -> None:
    faulthandler.cancel_dump_traceback_later()
    if _walls:
        until, file = _walls[-1]
        faulthandler.dump_traceback_later(max(0.01, until - time.monotonic()), exit=True, file=file)


def note_begin(note: Path) -> tuple[int, frozenset[str]]:
    """Note that a process begins. Return how many of those before it ended, and the names of the code they were in."""
    note.parent.mkdir(parents=True, exist_ok=True)
    before = note.read_text(encoding="utf-8", errors="replace") if note.exists() else ""
    with note.open("a", encoding="utf-8") as file:
        file.write(_BEGIN)
    return before.count(_BEGIN), frozenset(_PLACE.findall(before))

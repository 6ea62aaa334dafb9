"""The points before a change, kept until all that follows from it is written: a kill between loses none of it.

The change itself is in the gradebook by then, so that the next command would find nothing to follow up.
"""

import json
from pathlib import Path

from gdm_grader.course.disk import whole


def keep_points(path: Path, before: dict[str, float]) -> None:
    """Keep the points that students have before a change; those that an unfinished one left are older, and stay."""
    if before:
        whole.write(path, json.dumps(before | read(path)) + "\n")


def read(path: Path) -> dict[str, float]:
    """Return the points of each student that something follows from; {} if nothing is unfinished."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def end(path: Path) -> None:
    """All is written."""
    path.unlink(missing_ok=True)

"""The place of each test cell: asked from outside, or run inside a copy of the student's kernel.

`gdm release` decides it by running the instructor's solution both ways, and writes it into `places.json` beside the
sources of all assignments; grading reads it there and decides nothing of its own. A tag on the cell overrides it.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import CourseError

OUTSIDE, INSIDE = "outside", "inside"
PLACE_OF_TAG = {"gdm-outside": OUTSIDE, "gdm-inside": INSIDE}


@dataclass(frozen=True)
class Place:
    """The place of one test cell, and why; a cell without a place is asked from outside."""

    where: str
    why: str


@dataclass(frozen=True)
class Places:
    """The places of an assignment's test cells, by course.cells.key_of; `of` says of which cells they were decided.

    `filled` are the sources that nbgrader made of cells with AUTOTEST lines, `filled_of` a digest of what they were
    made from, None where there are none.
    """

    of: str
    cells: dict[str, Place]
    filled: dict[str, str] = field(default_factory=dict)
    filled_of: str | None = None


def load(course: Course, name: str) -> Places | None:
    """Return what was decided for an assignment; None if nothing was."""
    stored = _read(course.places).get(name)
    if stored is None:
        return None
    try:
        cells = {key: Place(**place) for key, place in stored["cells"].items()}
        return Places(stored["of"], cells, dict(stored.get("filled", {})), stored.get("filled_of"))
    except (TypeError, KeyError, AttributeError):
        raise CourseError(f"Expected the places of the tests of {name} in {course.places}, got something else. "
                          f"`gdm release {name}` writes them anew.") from None


def save(course: Course, name: str, places: Places) -> None:
    """Write the places of one assignment; those of the others stay."""
    kept = {key: value for key, value in asdict(places).items() if value or key in ("of", "cells")}
    known = _read(course.places) | {name: kept}
    text = json.dumps({key: known[key] for key in sorted(known)}, indent=1, ensure_ascii=False)
    whole.write(course.places, text + "\n")


def _read(path: Path) -> dict:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CourseError(f"Expected JSON in {path}, but it could not be read: {error}. Remove it; `gdm release NAME` "
                          "writes it anew.") from None
    return found if isinstance(found, dict) else {}

"""The history of each submission: a line of JSON for each grading, with points, tests and seed, never written over."""

import json
import logging
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Grading:
    """One grading of one submission.

    `at` is an ISO time; `points` are those of the tests, `by_hand` those that a person gave, by cell; `tests` and
    `work` are digests of the tests and of what was handed in, `digest` of all that can change a point.
    `broken` says why nothing was graded, None if it was.
    """

    at: str
    points: float
    seed: int
    tests: str
    work: str
    digest: str | None = None
    scores: dict[str, float | None] = field(default_factory=dict)
    by_hand: dict[str, float] = field(default_factory=dict)
    broken: str | None = None


def add(course: Course, name: str, student: str, entry: Grading) -> None:
    """Append a line; the class's results do not depend on it."""
    whole.append(_path(course, name, student), json.dumps(asdict(entry)) + "\n")


def read(course: Course, name: str, student: str) -> list[Grading]:
    """Return the gradings of a submission, the first one first; a line that cannot be read is left out, and logged."""
    path = _path(course, name, student)
    if not path.is_file():
        return []
    known = {entry.name for entry in fields(Grading)}
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            stored = json.loads(line)
            values = {key: value for key, value in stored.items() if key in known}
            for key in ("digest", "broken"):
                values[key] = values.get(key) or None  # older lines have "" for none
            found.append(Grading(**values))
        except (ValueError, TypeError, AttributeError) as error:  # the end of a run that was killed while it wrote
            log.warning("%s: a line cannot be read: %s", path, error)
    return found


def _path(course: Course, name: str, student: str) -> Path:
    return course.classroom / "history" / name / f"{student}.jsonl"

"""The outcome for each submission, a small JSON file each: which are up to date, and what there is to remark on."""

import json
import logging
import secrets
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole

log = logging.getLogger(__name__)
NOT_GRADED = "could not be graded, through no fault of this submission"  # `broken`, where there is a `fault`


@dataclass(frozen=True)
class Diagnosis:
    """A failed test and the misconception of the catalogue that gives the same answers."""

    test: str
    task: str
    name: str
    says: str
    page: str


@dataclass(frozen=True)
class Graded:
    """The outcome for one student: the graded notebooks, or the reason why there are none.

    `notebooks` are the graded notebooks' texts by name, `broken` says why nothing was graded, None if it was; `fault`
    is the traceback of what failed in the grader, None if nothing did: with `broken` the submission waits to be graded,
    without it only the explanation is missing. `scores` are the points that the tests gave, by cell, None where a
    person gives them; `isolation` is how far the student's code was shut in; `inside` names the test cells that ran in
    the student's own process, `unexplained` holds what the course's cells raised while a failure was to be explained.
    `seed` is what the inputs of the tests were drawn from; `digest` stands for all that can change a point.
    """

    student: str
    notebooks: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    broken: str | None = None
    seconds: float = 0.0
    scores: dict[str, float | None] = field(default_factory=dict)
    diagnoses: tuple[Diagnosis, ...] = ()
    isolation: str | None = None
    seed: int = 0
    fault: str | None = None
    digest: str | None = None
    inside: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Return whether a fault of the grader kept this submission from being graded."""
        return bool(self.broken and self.fault)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Graded":
        """Return what `save` wrote, now or when "" stood for none; TypeError or KeyError if it is of another form."""
        known = {entry.name for entry in fields(cls)}
        values = {key: value for key, value in stored.items() if key in known}
        for key in ("remarks", "inside", "unexplained"):
            values[key] = tuple(values.get(key, ()))
        for key in ("broken", "isolation", "fault", "digest"):
            values[key] = values.get(key) or None
        values["diagnoses"] = tuple(Diagnosis(**entry) for entry in values["diagnoses"])
        return cls(**values)


def save(course: Course, name: str, graded: Graded, digest: str) -> None:
    """Write everything but the notebooks, which lie in the autograded folder.

    What could not be graded by a fault of the grader keeps no digest, so that the next run grades it.
    """
    kept = replace(graded, notebooks={}, digest=None if graded.waits else digest)
    whole.write(_path(course, name, graded.student), json.dumps(asdict(kept), indent=1) + "\n")


def forget(course: Course, name: str, student: str) -> None:
    """Before anything of a student's outcome is written: an interrupted run must not look like a finished one."""
    _path(course, name, student).unlink(missing_ok=True)


def load(course: Course, name: str) -> dict[str, Graded]:
    """Return what was recorded for each student who is still in the class."""
    found = {}
    for student in course.students(name):
        graded = find(course, name, student)
        if graded is not None:
            found[student] = graded
    return found


def recorded_at(course: Course, name: str) -> dict[str, int]:
    """Return when each student's outcome was recorded, in ns, for those who are still in the class."""
    found = {}
    for student in course.students(name):
        path = _path(course, name, student)
        if path.is_file():
            found[student] = path.stat().st_mtime_ns
    return found


def find(course: Course, name: str, student: str) -> Graded | None:
    """Return what was recorded for one student; None if nothing was, or it cannot be read and is graded again."""
    path = _path(course, name, student)
    try:
        return Graded.from_json(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("%s cannot be read and counts as missing: %s", path, error)
        return None


def note(course: Course, name: str, student: str) -> Path:
    """Return where it is noted that a process ended while it graded a submission; a file that is there meanwhile."""
    return _path(course, name, student).with_suffix(".note")


def last_seed(course: Course, name: str) -> int:
    """Return what the class's inputs were drawn from; a new number if it was not graded yet."""
    for graded in load(course, name).values():
        if graded.seed:
            return graded.seed
    return 1 + secrets.randbelow(2**31)


def _path(course: Course, name: str, student: str) -> Path:
    return course.results / name / f"{student}.json"

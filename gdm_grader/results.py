"""What became of each submission, a small JSON file each: it says what is up to date and what to remark on."""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gdm_grader.course import CONFIG, Course

GRADING = ("submission.py", "preprocessors.py", "grading.py", "diagnosis.py", "referee/*.py")


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
    """The outcome for one student: the graded notebook's text, or the reason why there is none.

    `scores` are the points that the referee gave, by test cell; `rung` is how far the student's code was shut in;
    `seed` is what the inputs of the tests were drawn from.
    """

    student: str
    notebook: str = ""
    remarks: tuple[str, ...] = ()
    broken: str = ""
    seconds: float = 0.0
    scores: dict[str, float] = field(default_factory=dict)
    diagnoses: tuple[Diagnosis, ...] = ()
    rung: str = ""
    seed: int = 0


def save(course: Course, name: str, graded: Graded, digest: str) -> None:
    """Write everything but the notebook, which lies in the autograded folder."""
    result = asdict(graded) | {"digest": digest}
    del result["notebook"]
    path = _path(course, name, graded.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")  # replaced as a whole: a full disk or a kill leaves no half of a result
    part.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def forget(course: Course, name: str, student: str) -> None:
    """Before anything of a student's outcome is written: an interrupted run must not look like a finished one."""
    _path(course, name, student).unlink(missing_ok=True)


def load(course: Course, name: str) -> dict[str, dict]:
    """What was recorded for each student who is still in the class."""
    found = {student: _read(_path(course, name, student)) for student in course.students(name)}
    return {student: result for student, result in found.items() if result}


def find(course: Course, name: str, student: str) -> dict:
    """What was recorded for one student; {} if nothing was."""
    return _read(_path(course, name, student))


def _read(path: Path) -> dict:
    """A result; {} where there is none, or one that cannot be read: that submission is graded again."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def last_seed(course: Course, name: str) -> int:
    """What the class's inputs were drawn from; a new number if it was not graded yet."""
    seeds = [result["seed"] for result in load(course, name).values() if result.get("seed")]
    return seeds[0] if seeds else 1 + secrets.randbelow(2**31)


def outdated(course: Course, name: str) -> dict[str, str]:
    """Students whose submission is not graded as it is now, with the digest that grading it will record."""
    known = {student: result["digest"] for student, result in load(course, name).items()}
    now = digests(course, name)
    return {student: value for student, value in now.items() if known.get(student) != value}


def digests(course: Course, name: str) -> dict[str, str]:
    """A digest a student, which changes with the submission, the instructor's notebook or the way of grading."""
    own = [path for pattern in GRADING for path in sorted(Path(__file__).parent.glob(pattern))]
    common = [*_files(course.source(name).parent), course.root / CONFIG, *own]
    return {student: _digest([*common, *_files(course.submitted / student / name)])
            for student in course.students(name)}


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _digest(files: list[Path]) -> str:
    sha = hashlib.sha256()
    for path in files:
        sha.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return sha.hexdigest()


def _path(course: Course, name: str, student: str) -> Path:
    return course.results / name / f"{student}.json"

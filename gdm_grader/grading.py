"""Grade one submission: a function of the submission and the assignment, with no effect outside a scratch folder."""

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import psutil
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import determine_grade, is_grade

from gdm_grader.course import Course, sqlite
from gdm_grader.preprocessors import REMARKS
from gdm_grader.release import Complaints
from gdm_grader.results import Graded

WALL_LIMIT = 180.0  # seconds a notebook, everything included
GRACE = 30.0
LARGEST = 20_000_000  # bytes; a notebook that is larger holds data, not answers


def grade(student: str, course: Course, name: str, assignment: Path, wall_limit: float = WALL_LIMIT) -> Graded:
    """Run one student's notebook against the hidden tests of `assignment`, a gradebook that knows only the cells.

    Whatever goes wrong is this student's alone: it comes back as `broken`, in a sentence.
    """
    started = time.monotonic()
    notebook, remarks, broken, scores = "", (), "", {}
    try:
        look_at(course.submitted / student / name, name)
        with tempfile.TemporaryDirectory(prefix="gdm-") as scratch, wall(wall_limit):
            notebook = _autograded(course, name, student, assignment, Path(scratch))
        remarks = tuple(json.loads(notebook)["metadata"].get(REMARKS, []))
        scores = scores_of(notebook)
    except ValueError as error:
        broken = str(error)
    except Exception as error:  # nbgrader meets whatever a student can write; the class goes on
        broken = f"could not be graded: {type(error).__name__}: {error}"
    return Graded(student, notebook, remarks, broken, time.monotonic() - started, scores)


def scores_of(notebook: str) -> dict[str, float]:
    """The points of each test cell, as nbgrader reads them from the graded notebook."""
    cells = nbformat.reads(notebook, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: determine_grade(cell)[0] for cell in cells if is_grade(cell)}


def look_at(folder: Path, name: str) -> None:
    """Say in a sentence what keeps a submission from being opened at all."""
    path = folder / f"{name}.ipynb"
    if not path.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        raise ValueError(f"no notebook {name}.ipynb" + (f", found {', '.join(others)}" if others else ""))
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST // 1_000_000} MB")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ValueError(f"{path.name} is not a notebook (not JSON)") from None
    if not isinstance(content, dict) or "nbformat" not in content:
        raise ValueError(f"{path.name} is not a notebook (no nbformat)")
    try:
        nbformat.validate(nbformat.reads(json.dumps(content), as_version=4))
    except Exception as error:  # nbformat raises many kinds
        raise ValueError(f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}") from None


def _autograded(course: Course, name: str, student: str, assignment: Path, scratch: Path) -> str:
    """Run nbgrader's autograde on a scratch gradebook; the text of the graded notebook."""
    gradebook = scratch / "gradebook.db"
    shutil.copy(assignment, gradebook)
    config = course.config(autograded_directory=scratch / "autograded", db_url=sqlite(gradebook),
                           assignment_id=name, student_id=student, notebook_id=name)
    converter = Autograde(coursedir=CourseDirectory(config=config), config=config)
    log = Complaints()
    converter.log = log.logger
    try:
        converter.start()
    except NbGraderException:
        raise ValueError(f"could not be graded: {log.reason()}") from None
    return (scratch / "autograded" / student / name / f"{name}.ipynb").read_text(encoding="utf-8")


@contextmanager
def wall(limit: float) -> Iterator[None]:
    """After `limit` seconds end every process that this one started: the kernel, and what the kernel started.

    If that does not help within `GRACE` seconds the worker ends itself; the cohort starts another.
    """
    before = set(psutil.Process().children(recursive=True))
    timers = [threading.Timer(limit, end_children, [before]), threading.Timer(limit + GRACE, os._exit, [1])]
    for timer in timers:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        for timer in timers:
            timer.cancel()
        end_children(before)


def end_children(but: set[psutil.Process]) -> None:
    for child in set(psutil.Process().children(recursive=True)) - but:
        with suppress(psutil.NoSuchProcess):
            child.kill()

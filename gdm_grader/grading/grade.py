"""Grade one submission: a function of the submission and the assignment, with no effect outside a sandboxed kernel."""

import atexit
import hashlib
import os
import time
import traceback
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import LimitOutput

from gdm_grader.course import assignment as assignments
from gdm_grader.course.assignment import Assignment
from gdm_grader.course.cells import REMARKS, key_of
from gdm_grader.course.course import Course
from gdm_grader.course.secret import class_secret
from gdm_grader.errors import SubmissionError
from gdm_grader.grading import diagnosis, verdict
from gdm_grader.grading.profile import profile
from gdm_grader.intake.submission import file_digest, files_in, kernel_files, read_submission
from gdm_grader.records import results
from gdm_grader.records.results import NOT_GRADED, Diagnosis, Graded
from gdm_grader.referee.notebook.kernel_run import Times
from gdm_grader.referee.notebook.notebook_run import CellResult
from gdm_grader.referee.seeding import derive
from gdm_grader.sandbox.host.kernels import Kernels
from gdm_grader.sandbox.host.process import SandboxError
from gdm_grader.sandbox.host.wall import note_begin, wall
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.profile import Profile

WALL_SECONDS = 180.0  # a notebook, everything included
GRACE_SECONDS = 30.0
READ_SECONDS = 60.0  # to read a notebook and the files beside it, 20 MB at most
PLAIN_CELL_SECONDS = 30.0  # what nbgrader gives a cell where nbgrader_config.py says nothing
MAX_TRACE_CHARS = 20_000
TIMESTAMP = "timestamp.txt"
MAX_ENDED = 5  # tests of one submission that may end a process each


def grade(student: str, course: Course, name: str, seed: int = 0, isolation: Isolation | None = None,
          wall_seconds: float = WALL_SECONDS) -> Graded:
    """Run one student's notebook against the instructor's tests.

    All inputs are drawn from the class's secret, `seed` and the files of the submission; `isolation` says how far to
    shut the code in, by default as far as can be.
    What is wrong with the submission comes back as `broken`, a fault of the grader as `fault`: neither is raised, so
    that the class goes on.
    """
    started = time.monotonic()
    level: str | None = None
    note = results.note(course, name, student)
    try:
        deaths, ended = note_begin(note)
        if deaths > min(len(ended), MAX_ENDED) + 1:
            return Graded(student, broken=NOT_GRADED, seed=seed, fault=f"it ended the grader's process, {deaths} times")
        folder = course.submitted / student / name
        with wall(READ_SECONDS):
            found, missing = read_notebooks(folder, course.notebooks(name))
            files = kernel_files(folder)
            key = submission_key(class_secret(course), seed, name, student, folder)
        kernels = shared_kernels(profile(course), isolation, wall_seconds)
        level = str(kernels.isolation)
        graded = Graded(student, remarks=missing, isolation=level, seed=seed)
        for notebook, nb in found.items():
            assignment = assignments.read(course, name, notebook)
            with wall(2 * (wall_seconds + GRACE_SECONDS), note):
                graded = with_notebook(graded, nb, assignment, kernels, key, files, course, ended)
        return replace(graded, seconds=time.monotonic() - started)
    except SubmissionError as error:
        return Graded(student, broken=str(error), seconds=time.monotonic() - started, isolation=level, seed=seed)
    except Exception as error:  # ours: nobody loses points for it
        return Graded(student, broken=NOT_GRADED, seconds=time.monotonic() - started, isolation=level, seed=seed,
                      fault=trace_of(error))
    finally:
        note.unlink(missing_ok=True)


def read_notebooks(folder: Path, names: list[str]) -> tuple[dict[str, NotebookNode], tuple[str, ...]]:
    """Return a submission's notebooks and a remark on each that is missing; SubmissionError if none can be read."""
    found: dict[str, NotebookNode] = {}
    missing: list[str] = []
    for name in names:
        try:
            found[name] = read_submission(folder, name)
        except SubmissionError as error:
            if len(names) == 1:
                raise
            missing.append(str(error))
    if not found:
        raise SubmissionError("; ".join(missing))
    return found, tuple(missing)


def with_notebook(graded: Graded, nb: NotebookNode, assignment: Assignment, kernels: Kernels, key: int,
                  files: dict[str, bytes], course: Course, ended: Collection[str] = ()) -> Graded:
    """Return the outcome with one more notebook in it."""
    tested = decide_twice(nb, assignment, kernels, key, time_limits(course), files, ended)
    unexplained: list[str] = []
    diagnoses, fault = explained(nb, assignment, tested, key, unexplained)
    LimitOutput(config=course.config()).preprocess(nb, {})
    name, notebook = assignment.name, assignment.notebook
    scores = {key_of(name, notebook, label): score for label, score in verdict.points(tested, nb).items()}
    inside = tuple(key_of(name, notebook, label) for label, result in tested.items() if result.inside)
    return replace(graded, notebooks=graded.notebooks | {notebook: nbformat.writes(nb)},
                   remarks=graded.remarks + tuple(nb.metadata[REMARKS]), scores=graded.scores | scores,
                   inside=graded.inside + inside, unexplained=graded.unexplained + tuple(unexplained),
                   diagnoses=graded.diagnoses + diagnoses, fault=graded.fault or fault)


def submission_key(secret: int, seed: int, assignment: str, student: str, folder: Path) -> int:
    """Return what the tests of one submission draw from: the same for the same files, another for any other."""
    content = hashlib.sha256()
    for path in files_in(folder):
        if path.name != TIMESTAMP:  # when it was handed in changes no input
            content.update(hashlib.sha256(os.fsencode(path.relative_to(folder))).digest())
            content.update(file_digest(path))
    return derive(secret, "submission", str(seed), assignment, student, content.hexdigest())


def decide_twice(nb: NotebookNode, assignment: Assignment, kernels: Kernels, key: int, time_limits: Times,
                 files: dict[str, bytes], ended: Collection[str] = ()) -> dict[str, CellResult]:
    """Return what the test cells said; once more from the start if a kernel was killed from outside."""
    try:
        return verdict.decide(nb, assignment, kernels, key, time_limits, files, ended)
    except SandboxError:
        return verdict.decide(nb, assignment, kernels, key, time_limits, files, ended)


def explained(nb: NotebookNode, assignment: Assignment, tested: dict[str, CellResult], key: int, unexplained: list[str]
              ) -> tuple[tuple[Diagnosis, ...], str | None]:
    """Return the diagnoses and None, or none and a traceback: an explanation that fails costs no point."""
    try:
        return diagnosis.explain(nb, assignment, tested, key, unexplained), None
    except Exception as error:
        return (), trace_of(error)


def trace_of(error: Exception) -> str:
    """Return the end of the traceback, bounded: it may quote what a student wrote."""
    return "".join(traceback.format_exception(error))[-MAX_TRACE_CHARS:]


@cache
def shared_kernels(profile: Profile, isolation: Isolation | None = None, seconds: float = WALL_SECONDS) -> Kernels:
    """Return this process's kernels; SandboxError where this machine cannot shut a student's code in."""
    stack = ExitStack()
    kernels = stack.enter_context(Kernels(Limits(notebook=seconds), isolation, profile=profile))
    atexit.register(stack.close)
    return kernels


def time_limits(course: Course) -> Times:
    """Return the time limits that plain nbgrader would apply."""
    config = course.config()
    plain = config.ExecutePreprocessor.get("timeout", config.Execute.get("timeout", PLAIN_CELL_SECONDS))
    cell = config.ExecuteReleased.get("timeout", plain) or WALL_SECONDS
    return Times(float(cell), float(config.ExecuteReleased.get("labelled_timeout", cell)))

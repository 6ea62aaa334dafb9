"""Grade one submission: a function of the submission and the assignment, with no effect outside a sandboxed kernel."""

import atexit
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import LimitOutput

from gdm_grader import diagnosis
from gdm_grader.course import Course
from gdm_grader.preprocessors import REMARKS, is_story, restore
from gdm_grader.referee import sheet as sheets
from gdm_grader.referee.examination import Examination, Times, story_output
from gdm_grader.referee.library import calls_of_the_library
from gdm_grader.referee.sheet import Sheet
from gdm_grader.results import Diagnosis, Graded
from gdm_grader.sandbox import Kernels, Limits, Rung, SandboxError
from gdm_grader.sandbox.warm_process import folder_files
from gdm_grader.submission import LARGEST, opened

WALL_LIMIT = 180.0  # seconds a notebook, everything included
GRACE = 30.0


def grade(student: str, course: Course, name: str, seed: int = 0, rung: Rung | None = None,
          wall_limit: float = WALL_LIMIT) -> Graded:
    """Run one student's notebook against the instructor's tests.

    `seed` is what all inputs are drawn from; `rung` how far to shut the code in, by default as far as can be.
    Whatever goes wrong is this student's alone: it comes back as `broken`, in a sentence.
    """
    started = time.monotonic()
    grounds = ""
    try:
        folder = course.submitted / student / name
        nb = opened(folder, name)
        sheet = sheets.read(course, name)
        kernels = shared(rung, wall_limit)
        grounds = str(kernels.rung)
        with wall(2 * (wall_limit + GRACE)):
            given = nb, sheet, kernels, seed, times(course), files(folder)
            try:
                scores, diagnoses = examine(*given)
            except SandboxError:  # not the student's doing: what ended the warm process ended the kernel
                scores, diagnoses = examine(*given)
        LimitOutput(config=course.config()).preprocess(nb, {})
        return Graded(student, nbformat.writes(nb), tuple(nb.metadata[REMARKS]), "", time.monotonic() - started,
                      scores, diagnoses, grounds, seed)
    except ValueError as error:
        broken = str(error)
    except Exception as error:  # a submission can hold whatever a student can write; the class goes on
        broken = f"could not be graded: {type(error).__name__}: {error}"
    return Graded(student, broken=broken, seconds=time.monotonic() - started, rung=grounds, seed=seed)


def examine(nb: NotebookNode, sheet: Sheet, kernels: Kernels, seed: int, times: Times, files: dict[str, bytes]
            ) -> tuple[dict[str, float], tuple[Diagnosis, ...]]:
    """Make a submission's notebook the graded one; the points of each test cell, and what explains those lost."""
    restore(nb, sheet.released)
    with Examination(sheet, kernels, seed, times, files) as examination:
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            if is_story(cell):
                cell.outputs = [story_output()]
            else:
                examination.run(cell)
        examination.end()
    nb.metadata[REMARKS] += [*calls_of_the_library(nb, sheet.refused), *examination.remarks]
    return ({label: tested.verdict.score for label, tested in examination.tested.items()},
            diagnosis.explain(nb, sheet, examination.tested, seed))


@cache
def shared(rung: Rung | None = None, seconds: float = WALL_LIMIT) -> Kernels:
    """This process's kernels; SandboxError where this machine cannot shut a student's code in."""
    kernels = Kernels(Limits(notebook=seconds), rung)
    kernels.__enter__()
    atexit.register(kernels.warm.close)
    return kernels


def times(course: Course) -> Times:
    """The times that plain nbgrader would give."""
    execute = course.config().ExecuteReleased
    return Times(float(execute.timeout), float(execute.labelled_timeout))


def files(folder: Path) -> dict[str, bytes]:
    """What the student's code finds beside the notebook."""
    found = folder_files(folder)
    if sum(map(len, found.values())) > LARGEST:
        raise ValueError(f"the files beside the notebook are larger than {LARGEST // 1_000_000} MB")
    return found


@contextmanager
def wall(limit: float) -> Iterator[None]:
    """The sandbox's own limits have ended everything by now; else this worker ends, and the cohort starts another."""
    timer = threading.Timer(limit, os._exit, [1])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

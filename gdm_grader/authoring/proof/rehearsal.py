"""The instructor's own solution, graded before anybody else's: tests that it does not pass grade nobody.

authoring.placement tries it when cells change; here it is tried again when anything else that can change a point did,
such as a library. It costs one submission, once: what passed is remembered by the digest of all of that.
"""

import logging
from functools import partial
from pathlib import Path

from gdm_grader.course import assignment as assignments
from gdm_grader.course.course import Course
from gdm_grader.errors import CourseError
from gdm_grader.grading.digest import common_digest
from gdm_grader.grading.workers import Pool, each
from gdm_grader.sandbox.isolation import Isolation

log = logging.getLogger(__name__)
KEY = 1  # what the tests' inputs are drawn from
PLAIN_STUB = "raise NotImplementedError"  # where nbgrader_config.py does not say what students find
MAX_COMPLAINT_CHARS = 300


def is_rehearsed(course: Course, name: str) -> bool:
    """Return True if the solution passed, and nothing that can change a point changed since."""
    path = _path(course, name)
    return path.is_file() and path.read_text(encoding="utf-8") == common_digest(course, name)


def remember(course: Course, name: str) -> None:
    """Keep that the solution passed; where nothing can be written, it runs again the next time."""
    path = _path(course, name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(common_digest(course, name), encoding="utf-8")
    except OSError as error:
        log.warning("%s cannot be written: %s", path, error)


def require(course: Course, name: str, pool: Pool, isolation: Isolation | None) -> None:
    """Run the instructor's own solution, unless it passed as things are; CourseError with the tests that it fails."""
    if is_rehearsed(course, name):
        return
    for _, found in each(partial(rehearse, course=course, isolation=isolation), [name], pool.alone()):
        if found is None:
            found = ["running it ended the grader's process, twice"]
        if found:
            raise CourseError("\n".join([f"Expected the instructor's own solution of {name} to get all points. Nothing "
                                         "was graded:", *found, "Mend the solution or the tests."]))
    remember(course, name)


def rehearse(name: str, course: Course, isolation: Isolation | None = None) -> list[str]:
    """Grade the instructor's notebook as if a student had handed it in; return what is wrong, in a sentence each."""
    from gdm_grader.grading import grade

    found = stubs(course, name)
    kernels = grade.shared_kernels(grade.profile(course), isolation)
    for notebook in course.notebooks(name):
        assignment = assignments.read(course, name, notebook)
        nb = course.read_source(name, notebook)
        tested = grade.decide_twice(nb, assignment, kernels, KEY, grade.time_limits(course), {})
        for label, result in tested.items():
            most = assignment.released[label].metadata.nbgrader.points
            if result.verdict.score < most:
                said = (result.verdict.said or "no error")[:MAX_COMPLAINT_CHARS]
                found.append(f"{label}: the solution gets {result.verdict.score:g} of {most:g} points: {said}")
    return found


def stubs(course: Course, name: str) -> list[str]:
    """Return a sentence for each solution cell in which the students' stub still stands."""
    stub = course.config().ClearSolutions.get("code_stub", {}).get("python", PLAIN_STUB)
    lines = [line.strip() for line in stub.splitlines() if line.strip()]
    found = []
    solutions: dict[str, str] = {}
    for notebook in course.notebooks(name):
        solutions |= assignments.read(course, name, notebook).solutions
    for label, source in solutions.items():
        written = [line.strip() for line in source.splitlines()]
        if any(line in written for line in lines):
            found.append(f"{label}: the solution is the stub that students find")
    return found


def _path(course: Course, name: str) -> Path:
    return course.root / "_build" / "rehearsed" / f"{name}.txt"

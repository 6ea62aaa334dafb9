"""The places of test cells, decided by trying: the instructor's solution and the students' notebook, both ways.

A test stays outside if the solution passes it there, the notebook as students get it fares as it does inside, and
nothing in its text asks for what only the student's process has. Else it is run inside, if the solution passes it
there. Costs about four runs of the notebook, once for each change of the assignment.
"""

import copy
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nbformat import NotebookNode
from rich import box
from rich.table import Table

from gdm_grader.authoring.unseen import unseen
from gdm_grader.course import assignment as assignments
from gdm_grader.course import code, places
from gdm_grader.course.assignment import Assignment
from gdm_grader.course.cells import is_test, key_of, label_of
from gdm_grader.course.converter import keep_assertions
from gdm_grader.course.course import Course
from gdm_grader.course.places import INSIDE, OUTSIDE, PLACE_OF_TAG, Place, Places
from gdm_grader.errors import CourseError, GraderError
from gdm_grader.grading.digest import assignment_parts
from gdm_grader.grading.profile import profile, refuse_closed
from gdm_grader.sandbox.host.probe import choose_isolation
from gdm_grader.sandbox.host.process import SandboxError
from gdm_grader.sandbox.isolation import Isolation

# What runs a notebook imports torch: it is imported where one is run. Mostly nothing has changed, and none is.
if TYPE_CHECKING:
    from gdm_grader.referee.notebook.notebook_run import CellResult

KEY = 1  # what the inputs of these attempts are drawn from
PATIENCE = 4  # times the limits of grading: a busy machine must not decide where a test is run
MAX_WHY_CHARS = 200
ASKED = "the referee asks it"
TRIED = "to see how it fares there"


@dataclass(frozen=True)
class Attempt:
    """The outcome of one notebook: the results by grade_id, in one place for all test cells."""

    results: dict[str, "CellResult"]

    def passes(self, label: str, points: float) -> bool:
        return label in self.results and self.results[label].verdict.score >= points

    def says(self, label: str) -> str:
        """Return what a failed test said, on one line."""
        said = self.results[label].verdict.said if label in self.results else None
        return "it gave less than its points" if said is None else said[:MAX_WHY_CHARS]


def settle(course: Course, name: str, isolation: Isolation | None = None) -> Places | None:
    """Decide the places of an assignment's tests if something that they depend on changed; else return None."""
    keep_assertions(course, name)
    known = places.load(course, name)
    if known is not None and known.of == stamp(course, name):
        return None
    return decide_places(course, name, isolation)


def isolation_here() -> Isolation:
    """The isolation to try the tests on: the best there is, since all of the code is the instructor's."""
    try:
        return choose_isolation(no_sandbox=True)
    except SandboxError as error:
        raise GraderError(str(error)) from None


def decide_places(course: Course, name: str, isolation: Isolation | None = None) -> Places:
    """Try every test cell of an assignment in both places, and keep where each is run from now on.

    CourseError if the instructor's own solution loses points in both.
    """
    keep_assertions(course, name)
    isolation = isolation or isolation_here()
    refuse_closed(course)
    found: dict[str, Place] = {}
    for notebook, assignment in assignments.read_all(course, name).items():
        decided = _decide(course, assignment, isolation)
        found |= {key_of(name, notebook, label): place for label, place in decided.items()}
    known = places.load(course, name) or Places("", {})
    settled = replace(known, of=stamp(course, name), cells=found)
    if known != settled:
        places.save(course, name, settled)
    return settled


def differences(course: Course, name: str) -> list[str]:
    """Return a sentence if the places that are kept were decided from other cells than there are now."""
    known = places.load(course, name)
    if known is not None and known.of == stamp(course, name):
        return []
    return [f"{course.shown(course.places)} says nothing of the tests of {name} as they are; run `gdm release {name}`"]


def stamp(course: Course, name: str) -> str:
    """Return a digest of what the places were decided from: the cells, their tags and the files of the assignment."""
    tags = [tagged(course, name, notebook) for notebook in course.notebooks(name)]
    parts = [assignment_parts(course, name, placed=False), tags]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def tagged(course: Course, name: str, notebook: str) -> dict[str, str]:
    """Return the place that a tag of the source gives a test cell."""
    found = {}
    for cell in course.read_source(name, notebook).cells:
        for tag in cell.metadata.get("tags", ()):
            if is_test(cell) and tag in PLACE_OF_TAG:
                found[label_of(cell)] = PLACE_OF_TAG[tag]
    return found


def _decide(course: Course, assignment: Assignment, isolation: Isolation) -> dict[str, Place]:
    tests = {label: cell for label, cell in assignment.released.items() if is_test(cell)}
    if not tests:
        return {}
    solved = course.read_source(assignment.name, assignment.notebook)
    blank = copy.deepcopy(solved)
    for cell in blank.cells:
        if label_of(cell) in assignment.released:
            cell.source = assignment.released[label_of(cell)].source
    reasons = {label: _cannot(assignment, cell.source) for label, cell in tests.items()}
    outside = {label: Place(OUTSIDE if reason is None else INSIDE, TRIED) for label, reason in reasons.items()}
    inside = {label: Place(INSIDE, TRIED) for label in tests}
    attempts = {}
    for what, nb in (("solution", solved), ("blank", blank)):
        for where, given in ((OUTSIDE, outside), (INSIDE, inside)):
            attempts[what, where] = _run(course, replace(assignment, places=given), nb, isolation)
    tags = tagged(course, assignment.name, assignment.notebook)
    found: dict[str, Place] = {}
    failing: list[str] = []
    for label, cell in tests.items():
        points = cell.metadata.nbgrader.points
        place = _place(label, points, attempts, reasons[label])
        if label in tags:
            place = Place(tags[label], "the tag says so")
        if not attempts["solution", place.where].passes(label, points):
            failing.append(f"{label}: {attempts['solution', place.where].says(label)}")
        found[label] = place
    if failing:
        raise CourseError("\n".join([f"The instructor's own solution of {assignment.notebook} loses points, so "
                                     "nothing is graded with these tests:", *failing]))
    return found


def _cannot(assignment: Assignment, source: str) -> str | None:
    """Return why a test is not tried from outside: what it asks for, or a cell of the course that it stands on."""
    reason = unseen(source, assignment.names)
    if reason is not None:
        return reason
    from gdm_grader.referee.notebook.setup import beside, trusted

    with beside(assignment.files):
        _, lost = trusted(assignment)
    missing = sorted(code.used(code.parsed(source)) & set(lost))
    return f"{missing[0]} is not there outside: {lost[missing[0]]}"[:MAX_WHY_CHARS] if missing else None


def _place(label: str, points: float, attempts: dict[tuple[str, str], Attempt], reason: str | None) -> Place:
    if reason is not None:
        return Place(INSIDE, reason)
    if not attempts["solution", OUTSIDE].passes(label, points):
        return Place(INSIDE, attempts["solution", OUTSIDE].says(label))
    if attempts["blank", OUTSIDE].passes(label, points) != attempts["blank", INSIDE].passes(label, points):
        return Place(INSIDE, "an unanswered notebook fares otherwise outside")
    return Place(OUTSIDE, ASKED)


def _run(course: Course, assignment: Assignment, nb: NotebookNode, isolation: Isolation) -> Attempt:
    from gdm_grader.grading import grade, verdict
    from gdm_grader.referee.notebook.kernel_run import Times

    kernels, limits = grade.shared_kernels(profile(course), isolation), grade.time_limits(course)
    patient = Times(limits.cell * PATIENCE, limits.labelled * PATIENCE)
    return Attempt(verdict.decide(copy.deepcopy(nb), assignment, kernels, KEY, patient, {}))


def table_of(course: Course, name: str, decided: Places) -> Table:
    """The places of an assignment's tests: cell, points, outside or inside, why."""
    view = Table(title=f"{name}: where its tests are run", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for title in ("cell", "points", "where", "why"):
        view.add_column(title, justify="right" if title == "points" else "left", overflow="fold",
                        no_wrap=title != "why")
    for notebook, assignment in assignments.read_all(course, name).items():
        for label, cell in assignment.released.items():
            key = key_of(name, notebook, label)
            if key in decided.cells:
                place = decided.cells[key]
                view.add_row(key, f"{cell.metadata.nbgrader.points:g}", place.where, place.why)
    return view

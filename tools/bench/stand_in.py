"""A stand-in for grading: it runs nothing, so that what lies around it is tested in seconds and by the thousand.

An answer passes its task's tests if it stands in the catalogue as a right one. A student's name can ask for trouble:
`slow-...` takes a moment, `deadly-...` kills the worker each time, `unlucky-...` once.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path

import nbformat
from nbformat.v4 import new_output
from rich.console import Console

from gdm_grader.authoring import placement
from gdm_grader.authoring.proof import rehearsal
from gdm_grader.course import catalogue
from gdm_grader.course.cells import label_of, task_of
from gdm_grader.course.course import Course
from gdm_grader.errors import SubmissionError
from gdm_grader.grading import cohort, workers
from gdm_grader.intake.submission import read_submission
from gdm_grader.records.results import Diagnosis, Graded
from gdm_grader.sandbox.isolation import Isolation


def grade(student: str, course: Course, name: str, seed: int = 7, isolation: Isolation = Isolation.OPEN) -> Graded:
    if student.startswith("slow"):
        time.sleep(0.4)
    if student.startswith("deadly") or (student.startswith("unlucky") and first_time(course.root / student)):
        os._exit(1)
    try:
        submitted = read_submission(course.submitted / student / name, name)
    except SubmissionError as error:
        return Graded(student, broken=str(error))
    answers = catalogue.load(course.source(name).parent / "catalogue")
    given = {label_of(cell): cell.source for cell in submitted.cells}
    known = {(answer.task, answer.source): answer for answer in chain.from_iterable(answers.values())}
    nb, scores, diagnoses = nbformat.read(course.source(name), as_version=4), {}, []
    for cell in nb.cells:
        label = label_of(cell)
        if label in answers:
            cell.source = given.get(label, "")
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            continue
        task = task_of(label, answers)
        answer = known.get((task, given.get(task, "")))
        right = answer is not None and answer.kind == "right"
        scores[label] = float(cell.metadata.nbgrader.points if right else 0)
        if not right:
            cell.outputs = [new_output("error", ename="AssertionError", evalue=f"{task} is wrong", traceback=[])]
            if answer is not None:
                diagnoses.append(Diagnosis(label, task, answer.name, answer.says, answer.page))
    return Graded(student, {name: nbformat.writes(nb)}, seconds=0.01, scores=scores, diagnoses=tuple(diagnoses),
                  isolation="a stand-in", seed=7)


def first_time(mark: Path) -> bool:
    with suppress(FileExistsError):
        mark.touch(exist_ok=False)
        return True
    return False


def replace_grading(put: Callable[[object, str, object], None]) -> None:
    """Let cohorts grade with the stand-in: without a fork server, a sandbox to look for, and feedback."""
    put(cohort, "_grade", grade)
    put(rehearsal, "require", lambda *_: None)
    put(cohort, "choose_isolation", lambda no_sandbox: Isolation.OPEN)
    put(cohort, "write_feedback", lambda *_: True)
    put(workers, "start_early", lambda profile: None)
    put(placement, "settle", lambda course, name: None)


def main(root: str) -> None:
    """A grader of its own, to be killed."""
    course = Course.find(start=Path(root))
    replace_grading(setattr)
    workers.PRELOAD = ["gdm_grader.grading.cohort"]
    cohort.grade_class(course, "tiny", cohort.to_grade(course, "tiny"), 2, Console(quiet=True))


if __name__ == "__main__":
    main(sys.argv[1])

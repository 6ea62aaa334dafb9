"""A class with hostile notebooks: everyone else's points, feedback and exports are those of the class without them.

`python -m tools.hostile [--students 1000] [--hostile 1000]` grades masks twice, in the sandbox, with two workers.
"""

import argparse
import random
import shutil
import time
from pathlib import Path

import nbformat
from rich.console import Console

from gdm_grader.authoring import demo
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.course.secret import SECRET_FILE, class_secret
from gdm_grader.grading import cohort
from gdm_grader.records.audit import audit
from tools.hostile.notebooks import drawn
from tools.hostile.outcome import comment_by_hand, hand_in_hostile, outcome, write_list

NAME = "masks"
WORKERS = 2


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--hostile", type=int, default=1000)
    options = parser.parse_args()
    without, both = Course.find(Path("_build/honest")), Course.find(Path("_build/hostile"))
    for course in (without, both):
        shutil.rmtree(course.classroom, ignore_errors=True)
    hand_in_honest(without, options.students)
    class_secret(without)
    shutil.copytree(without.submitted, both.submitted)
    shutil.copy(without.classroom / SECRET_FILE, both.classroom)
    honest = without.students(NAME)
    hostile = hand_in_hostile(both, NAME, drawn(options.hostile))
    started = time.monotonic()
    found = {}
    for course, others in ((without, {}), (both, hostile)):
        write_list(course, NAME, honest, others)
        cohort.grade_class(course, NAME, course.students(NAME), WORKERS, Console(quiet=True), seed=1)
        comment_by_hand(course, NAME, others)
        cohort.write_feedback(course, NAME, others, WORKERS, Console(quiet=True))
        found[course] = outcome(course, NAME, honest)
    different = [student for student in found[without] if found[without][student] != found[both][student]]
    checked = audit(both, NAME)
    print(f"{len(hostile)} of {options.hostile} hostile hand-ins taken beside {options.students}: {len(different)} of "
          f"the others differ, {len(checked.wrong) + len(checked.waiting)} wrong or waiting; "
          f"{time.monotonic() - started:.0f} s")
    if different or checked.wrong or checked.waiting:
        raise SystemExit("\n".join([*different, *checked.wrong, *checked.waiting]))


def hand_in_honest(course: Course, students: int) -> None:
    """Each student takes one answer of the catalogue to each task."""
    release = course.read_release(NAME)
    answers = catalogue.load(course.source(NAME).parent / "catalogue")
    draw = random.Random(0)
    for number in range(students):
        given = {task: draw.choice(known).source for task, known in answers.items()}
        folder = course.submitted / f"student{number:04}" / NAME
        folder.mkdir(parents=True)
        nbformat.write(demo.filled(release, given), folder / f"{NAME}.ipynb")


if __name__ == "__main__":
    main()

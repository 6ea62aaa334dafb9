"""Load: a class of 1,000 through the pipeline, with the memory of every process watched.

`python -m tools.bench.load [--students 1000] [--stand-in]`; the stand-in looks answers up instead of running them,
which leaves intake, workers, record, audit, report, export and likeness as they are. Writes _build/bench/load.json.
"""

import argparse
import json
import random
import shutil
import threading
import time
import zipfile
from pathlib import Path
from statistics import median

import nbformat
import psutil
from rich.console import Console

from gdm_grader.authoring import demo
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.grading import cohort
from gdm_grader.intake import collect
from gdm_grader.records.audit import audit
from gdm_grader.reports import class_page, export, similar
from gdm_grader.reports.formats import Format
from tools.bench import stand_in

NAME = "masks"
MB = 1_000_000
STAYS = 20.0  # seconds
FLAT = 1.10  # memory at the end against memory after the first fifth


def handed_in(course: Course, students: int) -> Path:
    """A zip as Canvas hands it out: each student takes one answer of the catalogue to each task."""
    release = nbformat.read(course.release(NAME), as_version=4)
    answers = catalogue.load(course.source(NAME).parent / "catalogue")
    draw, path = random.Random(0), course.classroom / "class.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for number in range(students):
            given = {task: draw.choice(known).source for task, known in answers.items()}
            target.writestr(f"student{number:04}_{number}_{number}_{NAME}.ipynb",
                            nbformat.writes(demo.filled(release, given)))
    return path


class Memory(threading.Thread):
    """Samples what the grader and its lasting children hold, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.grader: list[float] = []
        self.children: list[float] = []

    def run(self) -> None:
        own = psutil.Process()
        while True:
            self.grader.append(own.memory_info().rss / MB)
            self.children.append(sum(filter(None, map(_rss, own.children(recursive=True)))) / MB)
            time.sleep(0.5)


def _rss(process: psutil.Process) -> int:
    """Kernels come and go, and share most of what they hold with the fork server: only what stays can grow."""
    try:
        return process.memory_info().rss if time.time() - process.create_time() > STAYS else 0
    except psutil.NoSuchProcess:
        return 0


def growth(samples: list[float]) -> float:
    """The last fifth against the second: the first is start-up."""
    fifth = max(1, len(samples) // 5)
    return median(samples[-fifth:]) / median(samples[fifth:2 * fifth])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--stand-in", action="store_true")
    options = parser.parse_args()
    course, console = Course.find(Path("_build/load")), Console()
    shutil.rmtree(course.classroom, ignore_errors=True)
    if options.stand_in:
        stand_in.replace_grading(setattr)
    write_feedback = cohort.write_feedback
    cohort.write_feedback = lambda *_: None  # a step of its own: its workers hold less, which would hide a growth
    archive, memory, seconds = handed_in(course, options.students), Memory(), {}
    steps = {
        "collect": lambda: collect.collect(course, NAME, archive),
        "grade": lambda: (memory.start(), cohort.grade_class(course, NAME, course.students(NAME), 2, console)),
        "feedback": lambda: write_feedback(course, NAME, course.students(NAME), 2, console),
        "audit": lambda: audit(course, NAME),
        "report": lambda: class_page.write(course, NAME),
        "export": lambda: export.export(course, NAME, Format.CANVAS),
        "similar": lambda: similar.similar(course, NAME, 0.5, console),
    }
    for step, run in steps.items():
        started = time.monotonic()
        run()
        seconds[step] = round(time.monotonic() - started, 1)
        if step == "grade":
            grader, children = list(memory.grader), list(memory.children)
        console.print(f"{step}: {seconds[step]} s")
    found = audit(course, NAME)
    outcome = {
        "work": f"{options.students} submissions of {NAME}, two workers, " + (
            "a stand-in that runs no notebook" if options.stand_in else "every notebook run"),
        "submissions": found.students, "cells": found.cells, "differences": len(found.wrong), "seconds": seconds,
        "submissions_a_minute": round(60 * found.students / seconds["grade"], 1),
        "grader_mb": round(max(grader)), "children_mb": round(max(children)),
        "grader_growth": round(growth(grader), 3), "children_growth": round(growth(children), 3), "target": FLAT,
    }
    path = Path("_build/bench/load.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(outcome, indent=1) + "\n")
    console.print_json(data=outcome)
    assert found.students == options.students
    assert not found.wrong
    assert outcome["grader_growth"] <= FLAT
    assert outcome["children_growth"] <= FLAT


if __name__ == "__main__":
    main()

"""Hogs: a class in which some exhaust all that they can, and what the others lose by it.

`python -m tools.bench.hogs [--students 25] [--hogs 5]` grades the others alone, then the whole class, with two workers.
The others must keep their points, and their notebooks take at most 1.5 times as long. Writes _build/bench/hogs.json.
"""

import argparse
import json
import random
import shutil
from pathlib import Path
from statistics import mean

import nbformat
from nbformat.v4 import new_code_cell
from rich.console import Console

from gdm_grader.authoring import demo
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.grading import cohort
from gdm_grader.records import results

NAME = "masks"
SEED = 11
MOST_TIMES_SLOWER = 1.5
HOGS = {
    "processes": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "memory": "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        held = bytearray(400 << 20)\n"
              "        time.sleep(60)\ntime.sleep(60)",
    "time": "import os\nfor _ in range(16):\n    if os.fork() == 0:\n        while True:\n            pass\n"
            "while True:\n    try:\n        while True:\n            pass\n    except KeyboardInterrupt:\n        pass",
    "disk": "for number in range(10**6):\n    open(f'/tmp/{number}', 'wb').write(bytes(10**6))",
    "output": "while True:\n    print('x' * 10**6)",
}


def mean_seconds(outcome: dict[str, tuple[dict, float]]) -> float:
    """Return the mean time of a student."""
    return mean(seconds for _, seconds in outcome.values())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=25)
    parser.add_argument("--hogs", type=int, default=5)
    options = parser.parse_args()
    alone = graded(Course.find(Path("_build/hogs/without")), options.students, 0)
    beside = graded(Course.find(Path("_build/hogs/with")), options.students, options.hogs)
    lost = sorted(student for student, (points, _) in alone.items() if beside[student][0] != points)
    seconds = [mean_seconds(alone), mean_seconds(beside)]
    outcome = {"students": options.students, "hogs": options.hogs, "other_points": lost,
               "seconds_alone": round(seconds[0], 2), "seconds_beside": round(seconds[1], 2),
               "times_slower": round(seconds[1] / seconds[0], 2), "target": MOST_TIMES_SLOWER}
    path = Path("_build/bench/hogs.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(outcome, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(outcome, indent=1))
    assert lost == []
    assert outcome["times_slower"] <= MOST_TIMES_SLOWER


def graded(course: Course, students: int, hogs: int) -> dict[str, tuple[dict[str, float], float]]:
    """The points and the seconds of each student who is no hog; hogs are spread among them."""
    shutil.rmtree(course.classroom, ignore_errors=True)
    release = course.read_release(NAME)
    answers = catalogue.load(course.source(NAME).parent / "catalogue")
    draw = random.Random(0)
    for number in range(students):
        given = {task: draw.choice(known).source for task, known in answers.items()}
        hand_in(course, f"student-{number:03}", demo.filled(release, given))
    for number in range(hogs):
        nb = demo.filled(release, {})
        nb.cells.insert(0, new_code_cell(list(HOGS.values())[number % len(HOGS)], id="hog"))
        hand_in(course, f"student-{number * students // hogs:03}-hog", nb)
    shutil.copy(secret_of(course), course.classroom / "secret.key")
    cohort.grade_class(course, NAME, course.students(NAME), 2, Console(), seed=SEED)
    return {student: (graded.scores, graded.seconds) for student, graded in results.load(course, NAME).items()
            if not student.endswith("hog")}


def secret_of(course: Course) -> Path:
    """One secret for both classes, so that both draw the same inputs."""
    path = course.classroom.parent / "secret.key"
    if not path.is_file():
        path.write_text("cd" * 32, encoding="ascii")
    return path


def hand_in(course: Course, student: str, nb: nbformat.NotebookNode) -> None:
    path = course.submitted / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(nb, path)


if __name__ == "__main__":
    main()

"""kill -9 at random points; a class that goes on equals a clean run: python -m tools.kill --points 100 --students 60.

A class is graded once undisturbed. Then, for each point, a copy of it is graded and a process of the run gets SIGKILL
while results come in: the grader, the process that kernels are forked from, a worker, or a kernel's supervisor. After
the grader's death nothing of the run may live on, what a student's code left behind included. The run goes on, or the
same command is given again; then results, graded notebooks, feedback and gradebook are compared byte for byte.
The levels of isolation take turns. A point takes a run of the class and a half, or a minute on two cores; a command
that was stopped goes on where it was. Writes _build/bench/kill.json.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell
from rich.progress import track

from gdm_grader.authoring import demo
from gdm_grader.authoring.example import demo_class
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.grading.digest import common_digest
from gdm_grader.sandbox.isolation import Isolation

NAME = "masks"
SEED = 11
DAEMON = "97531.25"  # a span that no other `sleep` on this machine has
LEAVES = f"""import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/usr/bin/sleep", ["sleep", "{DAEMON}"])
    os._exit(0)
"""
VICTIMS = ("grader", "fork server", "worker", "supervisor")
PROGRAMS = {"forkserver.server": ("fork server", "supervisor"), "multiprocessing.forkserver": ("", "worker")}
LEVELS = (Isolation.NAMESPACES, Isolation.LANDLOCK)
GRADE = """import sys
from gdm_grader import cli
from gdm_grader.grading import cohort
from gdm_grader.sandbox.isolation import Isolation
level = Isolation[sys.argv.pop(1)]
cohort.choose_isolation = lambda no_sandbox: level
cli.app()
"""
OUTCOME = Path("_build/bench/kill.json")
MAX_RUN_SECONDS = 900.0
MAX_DEATH_SECONDS = 30.0  # that whatever lies below a killed grader may take to end, on a busy machine
PAUSE_SECONDS = 0.01


@dataclass(frozen=True)
class Point:
    """One kill: who, on which level, after how many results, and how long after the last of these."""

    victim: str
    level: Isolation
    results: int
    delay: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="of the points")
    options = parser.parse_args()
    folder = Path("_build/kill").resolve()
    asked = {"students": options.students, "seed": options.seed, "grader": common_digest(Course.find(), NAME)}
    found = tried_before(asked) if folder.is_dir() else []
    if not found:
        shutil.rmtree(folder, ignore_errors=True)
        hand_in(folder / "handed-in", options.students)
    clean = {level: graded_undisturbed(folder, level) for level in LEVELS}
    draw = random.Random(options.seed)
    for number in track(range(options.points), "points"):
        point = Point(VICTIMS[number % len(VICTIMS)], LEVELS[number // len(VICTIMS) % len(LEVELS)],
                      draw.randrange(options.students - 1), draw.random() / 2)
        if number >= len(found):
            found.append(tried(folder, point, clean[point.level]))
            print(found[-1], flush=True)
            OUTCOME.parent.mkdir(parents=True, exist_ok=True)
            OUTCOME.write_text(json.dumps(asked | {"points": found}, indent=1) + "\n", encoding="utf-8")
    print(Counter(one["killed"] for one in found), flush=True)
    if any(one["survivors"] or one["differs"] for one in found):
        raise SystemExit(f"Something survived a grader, or a class that went on differs from a clean run: {OUTCOME}.")


def tried_before(asked: dict[str, object]) -> list[dict[str, object]]:
    """The points of a run of the same grader, class and seed that was stopped; [] if there was none."""
    kept = json.loads(OUTCOME.read_text(encoding="utf-8")) if OUTCOME.is_file() else {}
    return kept.pop("points", []) if asked.items() <= kept.items() else []


def hand_in(classroom: Path, students: int) -> None:
    """A class with mistakes as often as students make them; some leave a process behind."""
    course = Course.find()
    release = course.read_release(NAME)
    answers = catalogue.load(course.source(NAME).parent / "catalogue")
    draw = random.Random(0)
    for number in range(students):
        given = {task: demo_class.drawn_answer(known, draw) for task, known in answers.items()}
        nb = demo.filled(release, {task: source for task, source in given.items() if source is not None})
        if number % 3 == 0:
            nb.cells.insert(0, new_code_cell(LEAVES, id="leaves"))
        path = classroom / "submitted" / f"student-{number:03}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nb, path)
    (classroom / "secret.key").write_text("ab" * 32 + "\n")
    (classroom / "secret.key").chmod(0o600)


def graded_undisturbed(folder: Path, level: Isolation) -> dict[str, bytes]:
    """All that a clean run leaves; one that was done before is not done again."""
    classroom = folder / f"clean-{level.name.lower()}"
    if not classroom.exists():
        fresh(folder, classroom.name)
    run = start(classroom, level)
    output, _ = run.communicate(timeout=MAX_RUN_SECONDS)
    if run.returncode:
        raise SystemExit(output)
    return state(classroom)


def fresh(folder: Path, name: str) -> Path:
    shutil.copytree(folder / "handed-in", folder / name)
    return folder / name


def start(classroom: Path, level: Isolation) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", GRADE, level.name, "grade", NAME, "--class", str(classroom), "--seed", str(SEED)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            start_new_session=True)


def tried(folder: Path, point: Point, clean: dict[str, bytes]) -> dict[str, object]:
    """Kill at one point, go on, and compare."""
    shutil.rmtree(folder / "tried", ignore_errors=True)  # of a command that was stopped
    classroom = fresh(folder, "tried")
    run = start(classroom, point.level)
    killed, seen, survivors = "", 0, 0
    while run.poll() is None and not killed:
        seen = len(list((classroom / "results" / NAME).glob("*.json")))
        if seen >= point.results:
            time.sleep(point.delay)
            below = psutil.Process(run.pid).children(recursive=True)
            killed = kill(run, below, point.victim)
            if killed == "grader":
                survivors = len(living(below))
        time.sleep(PAUSE_SECONDS)
    output, _ = run.communicate(timeout=MAX_RUN_SECONDS)
    if run.returncode:
        again = start(classroom, point.level)
        output, _ = again.communicate(timeout=MAX_RUN_SECONDS)
    came = state(classroom)
    differs = sorted(name for name in {*clean, *came} if clean.get(name) != came.get(name))
    if differs:
        shutil.move(classroom, folder / f"differs-{len(list(folder.glob('differs-*')))}")  # to be looked at
    else:
        shutil.rmtree(classroom)
    return {"victim": point.victim, "level": point.level.name, "killed": killed or "nobody: it was done before",
            "results": seen, "survivors": survivors, "differs": differs, "says": output if differs else ""}


def kill(run: subprocess.Popen[str], below: list[psutil.Process], victim: str) -> str:
    """Send SIGKILL to the victim; "" where there is none at this moment."""
    if victim == "grader":
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        return victim
    for process in below:
        with suppress(psutil.Error):
            if role(process) == victim:
                process.kill()
                return victim
    return ""


def role(process: psutil.Process) -> str:
    """The part that a process below the grader has; "" for others, such as a kernel, which its supervisor forked."""
    for program, parts in PROGRAMS.items():
        line = [one for one in (process, *process.parents()) if program in " ".join(one.cmdline())]
        if line and line[0].pid == process.pid and len(line) <= len(parts):
            return parts[len(line) - 1]
    return ""


def living(below: list[psutil.Process]) -> list[int]:
    """The processes of a dead run, and what its students left, that do not end."""
    until = time.monotonic() + MAX_DEATH_SECONDS
    while (left := _left(below)) and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
    return left


def _left(below: list[psutil.Process]) -> list[int]:
    found = [one.pid for one in below if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    for process in psutil.process_iter(["cmdline"]):
        if DAEMON in (process.info["cmdline"] or []):
            found.append(process.pid)
    return found


def state(classroom: Path) -> dict[str, bytes]:
    """All that a class holds, but for durations: files by path, and what the gradebook says."""
    found = {}
    for part in ("autograded", "feedback"):
        for path in sorted((classroom / part).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(classroom))] = path.read_bytes()
    for path in sorted((classroom / "results").rglob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        del content["seconds"]
        found[str(path.relative_to(classroom))] = json.dumps(content).encode()
    with closing(sqlite3.connect(classroom / "gradebook.db")) as book:
        rows = book.execute("select student_id, base_cell.name, auto_score, manual_score from grade join base_cell on "
                            "grade.cell_id = base_cell.id join submitted_notebook on grade.notebook_id = "
                            "submitted_notebook.id join submitted_assignment on submitted_notebook.assignment_id = "
                            "submitted_assignment.id order by 1, 2").fetchall()
    found["gradebook"] = json.dumps(rows).encode()
    return found


if __name__ == "__main__":
    main()

"""kill -9, SIGTERM and Ctrl-C in each command of gdm: python -m tools.kill_commands --points 20 [COMMAND…].

A class of a tiny course is graded by a stand-in for the sandbox. Then each command runs on a copy of it: once
undisturbed, once with a SIGKILL before each thing that it does to a file or folder, and for each signal at `points`
random moments. What is there then must be what was there before, or what the command makes, file by file; the same
command, given again, must make what the undisturbed one made, and leave no parts.
"""

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from rich.console import Console
from sqlalchemy.exc import OperationalError

from gdm_grader import cli
from gdm_grader.authoring import bundle, demo, notebooks, release, wheels
from gdm_grader.authoring.example import demo_class
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.grading import cohort, workers
from gdm_grader.records import move
from gdm_grader.reports import class_page, export, returning, similar
from tests.courses.tiny import make_course
from tools.bench import stand_in

IMPORTED = (bundle, class_page, demo_class, export, returning, similar)  # before the forks, as each command does it
WAITING_SECONDS = 100.0
OLD_SECONDS = 7200.0  # the age that what a kill left is given before the command is given again
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
TIMELESS = (".jsonl", "-changes.csv")  # files with a time in each line, which no run repeats
IGNORED = (".lock", "unfinished-tiny.json", ".log", ".db-wal", ".db-shm", ".key", ".pyc")
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "shutil.rmtree", "sqlite3.connect"}
COMMANDS: dict[str, tuple[str, ...]] = {
    "collect": ("tiny", "inbox"), "collect again": ("tiny", "inbox", "--replace", "--roster", "roster.csv"),
    "due": ("tiny", "2026-11-02 UTC", "--percent", "10"), "due away": ("tiny", "--remove"),
    "extend": ("tiny", "bob", "2026-12-24 UTC"), "grade": ("tiny", "--workers", "1"),
    "grade moved": ("tiny", "--db", "sqlite:///elsewhere.db"),
    "feedback": ("tiny", "--workers", "1"), "feedback book": ("tiny", "--workers", "1", "--book", "https://a.example"),
    "feedback mail": ("tiny", "--workers", "1", "--for", "mail", "--roster", "roster.csv"),
    "feedback moodle": ("tiny", "--workers", "1", "--for", "moodle"),
    "report": ("tiny", "--roster", "roster.csv"), "report teams": ("tiny", "--teams", "teams.csv"),
    "export": ("tiny", "--roster", "roster.csv"), "export csv": ("tiny",), "similar": ("tiny",),
    "release": ("tiny",), "refresh": ("plain.ipynb",), "bundle": ("bundle.zip",), "new": ("other",),
    "demo": ("tiny", "--class", "example"), "demo class": ("tiny", "--class", "example", "--students", "5")}


@dataclass(frozen=True)
class Ended:
    """The end of a command: its exit status, negative for a signal; how long it took; what it did to files."""

    status: int
    seconds: float
    events: int
    said: str


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("commands", nargs="*", default=list(COMMANDS))
    options = parser.parse_args()
    folder = Path("_build/kill-commands").resolve()
    prepare(folder)
    wrong = 0
    for name in options.commands:
        for problem in tries(folder, name, options.points, random.Random(options.seed)):
            print(f"gdm {name}: {problem}", flush=True)
            wrong += 1
    if wrong:
        raise SystemExit(f"{wrong} problems")


def prepare(folder: Path) -> None:
    """Make the course with its graded class, and let forks grade without a sandbox."""
    shutil.rmtree(folder, ignore_errors=True)
    course = make_course(folder / "pristine")
    release.release(course, "tiny")
    hand_in(course, course.submitted, {"ann": (0, 0), "bob": (2, 0), "cid": (2, 1)})
    for path in course.submitted.glob("*/tiny"):
        (path / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    hand_in(course, course.root / "inbox", {"ann": (2, 0), "dora": (0, 2)})
    (course.root / "roster.csv").write_text("Login,Name,E-Mail,submitted_at,tiny\nann,A,a@b.c,2026-11-04 10:00 UTC,1\n"
                                            "bob,B,b@b.c,2026-11-04 10:00 UTC,\ndora,D,d@b.c,2026-11-04 10:00 UTC,\n")
    (course.root / "teams.csv").write_text("team,member\none,ann\none,bob\n")
    shutil.copy(course.release("tiny"), course.root / "plain.ipynb")
    for name in ("LICENSE", "LICENSE-text", "requirements.lock"):
        shutil.copy(Course.find().root / name, course.root)
    stand_in.replace_grading(setattr)
    setattr(cohort, "write_feedback", WRITE_FEEDBACK)  # noqa: B010  (the stand-in writes none)
    setattr(workers, "processes", lambda: multiprocessing.get_context("fork"))  # noqa: B010
    setattr(cli, "places_table", lambda *_, **__: None)  # noqa: B010
    setattr(notebooks, "_execute", lambda *_: None)  # noqa: B010
    setattr(wheels, "build", lambda root, package, target: root / "gdm_lib.whl")  # noqa: B010
    setattr(bundle, "requirements", lambda *_: "")  # noqa: B010
    cohort.grade_class(course, "tiny", course.students("tiny"), 1, Console(quiet=True), seed=7)
    os.chdir(course.root)
    cli.app(["due", "tiny", "2026-11-01 UTC", "--percent", "5"], standalone_mode=False)
    cli.app(["extend", "tiny", "cid", "2026-11-02 UTC"], standalone_mode=False)


WRITE_FEEDBACK = cohort.write_feedback


def hand_in(course: Course, folder: Path, answers: dict[str, tuple[int, int]]) -> None:
    """Write notebooks with these answers of the catalogue."""
    known = catalogue.load(course.source("tiny").parent / "catalogue")
    for student, (double, total) in answers.items():
        given = {"double": known["double"][double].source, "total": known["total"][min(total, 1)].source}
        path = folder / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(demo.filled(course.read_release("tiny"), given), path)


def tries(folder: Path, name: str, points: int, draw: random.Random) -> Iterator[str]:
    """Kill one command again and again; yield what is wrong, in a sentence each."""
    root = fresh(folder)
    before = state(root)
    clean = run(root, name)
    if clean.status not in (0, 3):
        yield f"it fails: {clean.said}"
        return
    after = state(root)
    again = run(root, name)
    repeated = state(root)
    moments: list[tuple[str, Callable[[], Ended]]] = []
    for event in range(clean.events):
        moments.append((f"kill -9 before event {event}", lambda event=event: run(root, name, event=event)))
    for number in SIGNALS:
        for _ in range(points):
            delay = draw.uniform(0, clean.seconds * 1.1)
            moments.append((f"{number.name} after {delay:.3f} s",
                            lambda delay=delay, number=number: run(root, name, delay=delay, number=number)))
    killed, wrong, gone = 0, 0, 0
    for said, disturbed in moments:
        root = fresh(folder)
        ended = disturbed()
        killed += ended.status < 0 or ended.status == 130
        found = [f"{path} is neither what it was nor what it is to be ({size(content)} of {size(after.get(path))})"
                 for path, content in state(root).items() if not between(content, before.get(path), after.get(path))]
        gone += bool(before.keys() & after.keys() - state(root).keys())
        for path in [*root.rglob("*.part")]:
            os.utime(path, (time.time() - OLD_SECONDS,) * 2)
        second = run(root, name)
        now = state(root, parts=True)
        if second.status not in (clean.status, again.status):
            found.append(f"given again it ends with {second.status}: {second.said[-300:]}")
        found += [f"given again, {path} differs" for path in sorted(after.keys() | now.keys())
                  if now.get(path) not in (after.get(path), repeated.get(path))]
        wrong += bool(found)
        if found:
            yield f"{said}: {'; '.join(found)}"
    print(f"gdm {name}: {len(moments)} moments, {clean.events} of them events, {killed} killed, {wrong} wrong, "
          f"{gone} with a file gone until it is given again; {clean.seconds:.2f} s undisturbed", flush=True)


def between(content: object, before: object, after: object) -> bool:
    """Return if this is what was there, or what is to be; each setting may be either, and so may each line."""
    if isinstance(content, dict):  # a gradebook whose changes are in it or not, and records that are written in steps
        return True
    if isinstance(content, list) and isinstance(before, list) and isinstance(after, list):
        return all(entry in before or entry in after for entry in content)
    return content in (before, after)


def size(content: object) -> str:
    return "nothing" if content is None else f"{len(str(content))} characters"


def fresh(folder: Path) -> Path:
    root = folder / "tried"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(folder / "pristine", root)
    return root


def run(root: Path, name: str, event: int | None = None, delay: float | None = None,
        number: signal.Signals = signal.SIGKILL) -> Ended:
    """Run a command in a fork; it gets SIGKILL before its `event`-th change of a file, or a signal after a delay."""
    counted = multiprocessing.get_context("fork").Value("i", 0)
    output = root.parent / "output.txt"
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _command(root, name, output, counted, event)
    if delay is not None:
        time.sleep(max(0.0, delay - (time.monotonic() - started)))
        with suppress(ProcessLookupError):
            os.kill(child, number)
    until = time.monotonic() + WAITING_SECONDS
    while (waited := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.002)
    status = os.waitstatus_to_exitcode(waited[1])
    seconds = time.monotonic() - started
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # workers of a command that was killed end by themselves, a moment later
    return Ended(status, seconds, counted.value, output.read_text(errors="replace") if output.is_file() else "")


def _command(root: Path, name: str, output: Path, counted: Any, event: int | None) -> None:
    """In the fork: be gdm."""
    os.setsid()
    own = os.getpid()
    with output.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(root)
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def before(what: str, given: tuple) -> None:
        opens = what == "open" and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not (what in CHANGES or opens) or not os.path.abspath(str(given[0])).startswith(str(root)):
            return
        if counted.value == event:
            os.kill(own, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        counted.value += 1

    sys.addaudithook(before)
    try:
        cli.app([name.split()[0], *COMMANDS[name]], prog_name="gdm")
    except SystemExit as error:
        sys.stdout.flush()
        os._exit(error.code if isinstance(error.code, int) else 1)
    except BaseException as error:
        sys.stdout.flush()
        sys.stderr.write(repr(error))
        sys.stderr.flush()
        os._exit(99)
    os._exit(0)


def state(root: Path, parts: bool = False) -> dict[str, object]:
    """All that a course and its classes hold: files by path, what its gradebooks say, and parts if asked for."""
    found: dict[str, object] = {}
    for path in sorted(root.rglob("*")):
        place = str(path.relative_to(root))
        part = ".part" in place or ".release" in place or ".key." in place
        ignored = path.name.endswith(IGNORED) and not (parts and path.name.startswith(".unfinished"))
        if not path.is_file() or ignored or (part and not parts):
            continue
        if path.suffix == ".db" or path.name.endswith(".moved"):
            found[place] = gradebook(path)
        elif path.name.endswith(TIMELESS):
            found[place] = [timeless(line) for line in path.read_text().splitlines()]
        elif path.name in ("class.json", "intake.json"):  # written in steps, each of which is whole
            found[place] = json.loads(path.read_text())
        else:
            found[place] = path.read_bytes()
    return found


def timeless(line: str) -> str:
    if line.startswith("{"):
        return json.dumps({key: value for key, value in json.loads(line).items() if key != "at"})
    return line.partition(",")[2]


def gradebook(path: Path) -> dict[str, list[str]]:
    """Return what a gradebook says, without nbgrader's random keys."""
    try:
        rows = move.dump(f"sqlite:///{path}")
    except OperationalError:  # it has no tables yet
        return {}
    names: dict[str, str] = {}
    for table, entries in rows.items():
        for entry in entries:
            names[entry.get("id", "")] = f"{table} {entry.get('name', '')}"
    found: dict[str, list[str]] = {}
    for table, entries in rows.items():
        found[table] = []
        for entry in entries:
            found[table].append(str([names.get(str(value), value) for value in entry.values()]))
        found[table].sort()
    return found


if __name__ == "__main__":
    main()

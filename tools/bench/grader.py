"""`gdm grade` beside `nbgrader autograde` on the same class and machine: python -m tools.bench.grader

A few submissions through plain nbgrader, then a class through ours, in turn, so that both meet the same load of the
machine. Both follow nbgrader_config.py: neither runs story cells, both end kernels at once. Plain nbgrader writes no
feedback while it grades; ours writes it after the last result, so that it is in neither rate. 5 to 10 minutes.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from gdm_grader.authoring import demo
from gdm_grader.course import catalogue
from gdm_grader.course.cells import is_story
from gdm_grader.course.course import Course
from tools.plain_nbgrader import nbgrader, without_sandbox

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "_build/bench/grader.json"
NAME = "masks"
PLAIN, OURS = 5, 60  # submissions a round; nbgrader's are every twelfth of ours
ROUNDS = 2
console = Console(width=120)
FIRST = 4  # submissions of a run that is made for its first result
AS_IT_COMES = """c = get_config()
c.CourseDirectory.course_id = "deep-generative-models"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.ignore = ["catalogue"]
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="gdm-bench-") as folder:
        rows = measure(Path(folder))
    show(rows)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def measure(folder: Path) -> list[dict]:
    stock, course = course_in(folder / "stock"), course_in(folder / "course")
    (stock.root / "nbgrader_config.py").write_text(AS_IT_COMES, encoding="utf-8")
    without_sandbox(course.root)
    for each in (stock, course):
        nbgrader(each.root, "generate_assignment", NAME, "--force")
    rates: dict[str, list[float]] = {"stock": [], "configured": [], "two": [], "one": []}
    for number in range(ROUNDS):
        console.print(f"round {number + 1} of {ROUNDS}")
        rates["stock"].append(rate(autograde(stock)))
        rates["configured"].append(rate(autograde(course)))
        rates["two"].append(rate(grade(course, 2, f"two-{number}")))
        rates["one"].append(rate(grade(course, 1, f"one-{number}")))
    console.print("the first result, and single kernels")
    first = statistics.median(grade(course, 2, f"first-{number}", students=FIRST)[0] for number in range(3))
    ready, beyond = kernel_times(course)
    plain, configured, two, one = (statistics.median(values) for values in rates.values())
    return [
        row("submissions a minute, two workers, over nbgrader as it comes", two, plain, two / plain, "at least", 15),
        row("the same, over nbgrader with this course's preprocessors", two, configured, two / configured),
        row("submissions a minute, two workers, over one", two, one, two / one, "at least", 1.7),
        row("seconds until a sandboxed kernel is ready", ready, None, ready, "at most", 0.35),
        row("seconds a notebook beyond the student's cells", beyond, None, beyond, "at most", 0.5),
        row("seconds from the command to the first result", first, None, first, "at most", 8),
    ]


def row(work: str, ours: float, peer: float | None, ratio: float, sense: str = "",
        target: float | None = None) -> dict:
    """One line of the table; without a target it only tells."""
    if target is None:
        wanted, met = None, None
    else:
        wanted, met = f"{sense} {target:g}", ratio >= target if sense == "at least" else ratio <= target
    return {"work": work, "ours": round(ours, 3), "peer": peer and round(peer, 3), "ratio": round(ratio, 3),
            "target": wanted, "met": met}


def course_in(folder: Path) -> Course:
    """A copy of the course, with a class of right and wrong answers; a part of it for nbgrader, in the root."""
    folder.mkdir()
    for part in ("solutions", "assignments", "nbgrader_config.py"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    course = Course.find(start=folder)
    release = nbformat.read(course.release(NAME), as_version=4)
    answers = catalogue.load(course.source(NAME).parent / "catalogue")
    for number in range(OURS):
        nb = demo.filled(release, {task: given[number % len(given)].source for task, given in answers.items()})
        write(nb, course.submitted, number)
        if number % (OURS // PLAIN) == 0:
            nb.cells = [cell for cell in nb.cells if not is_story(cell)]
            write(nb, folder / "submitted", number)
    return course


def write(nb: nbformat.NotebookNode, room: Path, number: int) -> None:
    path = room / f"student-{number:02}" / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(nb, path)


def autograde(course: Course) -> list[float]:
    """Return when plain nbgrader wrote each graded notebook, in seconds from the command."""
    shutil.rmtree(course.root / "autograded", ignore_errors=True)
    started = time.time()
    nbgrader(course.root, "autograde", NAME, "--force")
    return sorted(path.stat().st_mtime - started for path in (course.root / "autograded").glob(f"*/{NAME}/*.ipynb"))


def grade(course: Course, workers: int, name: str, students: int = OURS) -> list[float]:
    """Return when ours recorded each result, in seconds from the command."""
    room = course.root / "classes" / name
    for folder in sorted(course.submitted.iterdir())[:students]:
        shutil.copytree(folder, room / "submitted" / folder.name)
    started = time.time()
    command = [sys.executable, "-c", "from gdm_grader.cli import app; app()", "grade", NAME]
    subprocess.run([*command, "--class", str(room), "--workers", str(workers)], cwd=course.root, check=True,
                   capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return sorted(path.stat().st_mtime - started for path in (room / "results" / NAME).glob("*.json"))


def rate(times: list[float]) -> float:
    """Submissions a minute from the first result to the last: in a whole class a command's start does not count."""
    return 60 * (len(times) - 1) / (times[-1] - times[0])


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def kernel_times(course: Course) -> tuple[float, float]:
    """Medians: a kernel's start, and what grading a notebook costs beyond running the student's own cells."""
    from gdm_grader.course import assignment as sheets
    from gdm_grader.grading.profile import profile
    from gdm_grader.grading.verdict import decide
    from gdm_grader.referee.notebook.kernel_run import Times
    from gdm_grader.sandbox.host.kernels import Kernels

    sheet, release = sheets.read(course, NAME), nbformat.read(course.release(NAME), as_version=4)
    ready, whole, own = [], [], []
    with Kernels(profile=profile(course)) as kernels:
        for _ in range(15):
            nb = demo.filled(release, sheet.solutions)
            started = time.perf_counter()
            with kernels.start() as kernel:
                ready.append(time.perf_counter() - started)
                cells = [cell for cell in nb.cells if cell.cell_type == "code" and not cell.source.startswith("# ")
                         and not is_story(cell)]
                own.append(seconds(lambda kernel=kernel, cells=cells: [kernel.execute(cell.source) for cell in cells]))
            nb = demo.filled(release, sheet.solutions)
            whole.append(seconds(lambda nb=nb: decide(nb, sheet, kernels, 1, Times(), {})))
    return statistics.median(ready), statistics.median(a - b for a, b in zip(whole, own, strict=True))


def show(rows: list[dict]) -> None:
    table = Table("work", "ours", "peer", "ratio", "target", "met")
    for entry in rows:
        table.add_row(*(str("" if entry[key] is None else entry[key]) for key in entry))
    console.print(table)


if __name__ == "__main__":
    main()

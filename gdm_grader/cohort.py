"""Grade a class: every submission alone in a worker process, one writer, and only what changed."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, TypeVar

from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from gdm_grader import feedback, gradebook
from gdm_grader.cluster import Cluster
from gdm_grader.course import Course
from gdm_grader.record import open_gradebook, record
from gdm_grader.results import Graded, digests, last_seed, outdated
from gdm_grader.sandbox import SandboxError
from gdm_grader.sandbox.ladder import choose
from gdm_grader.sandbox.warm_process import WarmProcess, lend
from gdm_grader.workers import Pool, Processes, each

Outcome = TypeVar("Outcome")


def to_grade(course: Course, name: str) -> list[str]:
    """Whose submission changed since it was graded, or is not in the gradebook."""
    changed, known = outdated(course, name), gradebook.recorded(course, name)
    return [student for student in course.students(name) if student in changed or student not in known]


def grade_class(course: Course, name: str, students: Iterable[str], workers: int, console: Console,
                dask: str = "", seed: int | None = None, no_sandbox: bool = False, warm: WarmProcess | None = None
                ) -> None:
    """Grade the students' submissions, record the points, write the feedback.

    The submissions are graded by `workers` processes, or by the Dask cluster at the address `dask`; the feedback is
    always written here. Without a seed it is that of the class's last grading, so that a regrade repeats; a new one
    for a new class. `warm` is the warm process of all workers; without it each starts its own.
    """
    try:
        rung = choose(no_sandbox)
    except SandboxError as error:
        raise ValueError(str(error)) from None
    students = list(students)
    with alone(course):
        digest = digests(course, name)
        open_gradebook(course, name)
        work = partial(_grade, course=course, name=name, seed=seed or last_seed(course, name), rung=rung)
        with pool_of(workers, dask, course, warm) as pool, gradebook.opened(course) as book:
            for student, graded in watched(work, students, pool, "grading", console):
                graded = graded or Graded(student, broken="could not be graded: it ended the grader's process, twice")
                record(course, name, graded, digest[student], book)
                if graded.broken:
                    console.print(f"{student}: {graded.broken}", style="yellow", highlight=False)
        console.print(f"sandbox: {rung}", highlight=False)
        write_feedback(course, name, students, workers, console)


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """One writer: the lock is the system's, so that a grader that was killed does not hold it."""
    course.classroom.mkdir(parents=True, exist_ok=True)
    lock = FileLock(course.classroom / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ValueError(f"Another gdm is at work on the class in {course.classroom}. Wait until it is done.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def pool_of(workers: int, dask: str, course: Course, warm: WarmProcess | None) -> Iterator[Pool]:
    if warm:
        with warm:
            yield Processes(workers, partial(lend, warm.control))
        return
    if not dask:
        yield Processes(workers)
        return
    with closing(Cluster(dask, [course.root / "nbgrader_config.py", course.submitted])) as cluster:
        yield cluster


def _grade(student: str, **how: Any) -> Graded:
    """In a worker: this process itself has no use for all that grading imports."""
    from gdm_grader import grading

    return grading.grade(student, **how)


def write_feedback(course: Course, name: str, students: Iterable[str], workers: int, console: Console) -> None:
    """Write each student's HTML page from what the gradebook says now."""
    work = partial(feedback.attempt, course=course, name=name)
    for student, failure in watched(work, list(students), Processes(workers), "feedback", console):
        if failure != "":
            why = failure or "writing it ended the process, twice"
            console.print(f"{student}: no feedback: {why}", style="yellow", highlight=False)


def watched(work: Callable[[str], Outcome], students: list[str], pool: Pool, what: str,
            console: Console) -> Iterator[tuple[str, Outcome | None]]:
    """The outcomes as they are done, under a bar with rate and time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, closing(each(work, students, pool)) as outcomes:
        bar = progress.add_task(what, total=len(students))
        for outcome in outcomes:
            progress.advance(bar)
            yield outcome


class Rate(ProgressColumn):
    """Submissions a minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f} a minute" if speed else "", style="progress.data.speed")

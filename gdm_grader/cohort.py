"""Grade a class: every submission alone in a worker process, one writer, and only what changed."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from gdm_grader import feedback
from gdm_grader.course import Course
from gdm_grader.record import open_gradebook, record
from gdm_grader.results import Graded, digests, last_seed
from gdm_grader.sandbox import SandboxError
from gdm_grader.sandbox.ladder import choose
from gdm_grader.workers import each

Outcome = TypeVar("Outcome")


def grade_class(course: Course, name: str, students: Iterable[str], workers: int, console: Console,
                seed: int | None = None, no_sandbox: bool = False) -> None:
    """Grade the students' submissions, record the points, write the feedback.

    Without a seed it is that of the class's last grading, so that a regrade repeats; a new one for a new class.
    """
    try:
        rung = choose(no_sandbox)
    except SandboxError as error:
        raise ValueError(str(error)) from None
    students, digest = list(students), digests(course, name)
    open_gradebook(course, name)
    work = partial(_grade, course=course, name=name, seed=seed or last_seed(course, name), rung=rung)
    for student, graded in watched(work, students, workers, "grading", console):
        graded = graded or Graded(student, broken="could not be graded: it ended the grader's process, twice")
        record(course, name, graded, digest[student])
        if graded.broken:
            console.print(f"{student}: {graded.broken}", style="yellow", highlight=False)
    console.print(f"sandbox: {rung}", highlight=False)
    write_feedback(course, name, students, workers, console)


def _grade(student: str, **how: Any) -> Graded:
    """In a worker: this process itself has no use for all that grading imports."""
    from gdm_grader import grading

    return grading.grade(student, **how)


def write_feedback(course: Course, name: str, students: Iterable[str], workers: int, console: Console) -> None:
    """Write each student's HTML page from what the gradebook says now."""
    work = partial(feedback.attempt, course=course, name=name)
    for student, failure in watched(work, list(students), workers, "feedback", console):
        if failure != "":
            why = failure or "writing it ended the process, twice"
            console.print(f"{student}: no feedback: {why}", style="yellow", highlight=False)


def watched(work: Callable[[str], Outcome], students: list[str], workers: int, what: str,
            console: Console) -> Iterable[tuple[str, Outcome | None]]:
    """The outcomes as they are done, under a bar with rate and time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(what, total=len(students))
        for outcome in each(work, students, workers):
            progress.advance(bar)
            yield outcome


class Rate(ProgressColumn):
    """Submissions a minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{60 * speed:.0f} a minute" if speed else "", style="progress.data.speed")

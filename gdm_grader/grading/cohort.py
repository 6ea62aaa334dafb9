"""Grade a class: every submission alone in a worker process, one writer, and only what changed."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from gdm_grader.course.course import Course
from gdm_grader.course.disk import journal
from gdm_grader.course.secret import class_secret
from gdm_grader.errors import ClassError
from gdm_grader.feedback import marks, page
from gdm_grader.grading.cluster import Cluster
from gdm_grader.grading.digest import digests, outdated, submission_digest, tests_digest
from gdm_grader.grading.profile import refuse_closed, refuse_exposed
from gdm_grader.grading.workers import Finished, Item, Pool, Processes, each
from gdm_grader.intake.clean import amount, printable
from gdm_grader.records import gradebook, names, results
from gdm_grader.records.late import apply_late
from gdm_grader.records.regrade import changes
from gdm_grader.records.results import NOT_GRADED, Graded, last_seed
from gdm_grader.records.write import prepare_gradebook, record
from gdm_grader.sandbox.host.forkserver import ForkServer, lend
from gdm_grader.sandbox.host.probe import choose_isolation
from gdm_grader.sandbox.host.process import SandboxError
from gdm_grader.sandbox.isolation import Isolation

log = logging.getLogger(__name__)
MAX_TRIES = 7  # of one submission, which may end a process by several of its tests: see grade.MAX_ENDED
First = Callable[[Pool, Isolation | None], None]


def to_grade(course: Course, name: str) -> list[str]:
    """Return the students whose points could differ if graded now, or are not in the gradebook."""
    changed = set(outdated(course, name))
    known = gradebook.recorded(course, name)
    return [student for student in course.students(name) if student in changed or student not in known]


def grade_class(course: Course, name: str, students: Iterable[str], workers: int, console: Console,
                dask: str | None = None, seed: int | None = None, no_sandbox: bool = False,
                fork_server: ForkServer | None = None, first: First | None = None) -> bool:
    """Grade the students' submissions, record the points, write the feedback.

    The submissions are graded by `workers` processes, or by the Dask cluster at the address `dask`; the feedback is
    always written here. Without a seed it is that of the class's last grading, so that a regrade repeats; a new one
    for a new class. `fork_server` is that of all workers; without it each starts its own. `first` is called before
    anything is written, with the pool that will grade; what it raises ends the run.
    Returns whether all went as it should: False after a fault of the grader, which is logged.
    """
    try:
        isolation = choose_isolation(no_sandbox)
    except SandboxError as error:
        raise ClassError(str(error)) from None
    if isolation is not Isolation.OPEN:
        refuse_exposed(course)
        refuse_closed(course)
    students = list(students)
    faultless = True
    with alone(course):
        class_secret(course)
        digest = digests(course, name)
        for student in students:
            results.note(course, name, student).unlink(missing_ok=True)  # of a run that was killed
        work = partial(_grade, course=course, name=name, seed=seed or last_seed(course, name), isolation=isolation)
        with pool_of(workers, dask, course, fork_server) as pool:
            if first is not None:
                first(pool, isolation)
            before = changes.scores(course, name)
            for line in prepare_gradebook(course, name):
                console.print(line, highlight=False, markup=False)
            with gradebook.open_gradebook(course) as book:
                for student, graded in watched(work, students, pool, "grading", console, MAX_TRIES):
                    graded = graded or Graded(student, broken=NOT_GRADED, fault="it ended the grader's process, twice")
                    graded = record(course, name, graded, digest[student], book)
                    tell(graded, console)
                    faultless = faultless and graded.fault is None
        console.print(f"sandbox: {isolation}", highlight=False)
        say_changes(course, name, students, before, console)
        names.put(course)
        apply_late(course, name)
        late = changes.of_late_work(course, name, changes.by_late_work(course, name))
        if late:
            changes.write(course, name, late)
        pages = list(dict.fromkeys([*students, *(one.student for one in late), *without_page(course, name)]))
        complete = write_feedback(course, name, pages, workers, console)
        journal.end(course.journal(name))
        return complete and faultless


def say_changes(course: Course, name: str, students: list[str], before: changes.Scores, console: Console) -> None:
    """Keep the history of these submissions; print and write whose points changed, from what to what, and why."""
    work = {student: submission_digest(course.submitted / student / name, "") for student in students}
    origin = changes.Origin(tests_digest(course, name), work)
    changed, by_hand = changes.add_to_histories(course, name, students, before, origin)
    for line in [*map(str, changed), *by_hand]:
        console.print(printable(line), highlight=False, markup=False, soft_wrap=True)
    if changed:
        path = changes.write(course, name, changed)
        console.print(f"the points of {amount(len(changed), 'student')} changed: report/{path.name}", highlight=False)


def without_page(course: Course, name: str) -> list[str]:
    """Return the graded students whose feedback is missing, or older than their result (an interrupted run)."""
    found = []
    for student, graded_at in results.recorded_at(course, name).items():
        pages = (course.feedback / student / name).glob("*.html")
        fresh = {page.stem for page in pages if page.stat().st_mtime_ns >= graded_at}
        due = {nb.stem for nb in (course.autograded / student / name).glob("*.ipynb")}
        # Where nothing could be graded, or drawn in time, one page under the assignment's name stands for all.
        if not fresh or not (fresh >= due or name in fresh - due):
            found.append(student)
    return found


def finish_feedback(course: Course, name: str, workers: int, console: Console) -> bool:
    """Write the pages that an interrupted run left out; return whether all could be written."""
    missing = without_page(course, name)
    if not missing:
        return True
    with alone(course):
        return write_feedback(course, name, missing, workers, console)


def tell(graded: Graded, console: Console) -> None:
    """Say what kept a submission from being graded; the traceback of a fault of the grader goes into the log."""
    if graded.fault is not None:
        log.error("%s: a fault of the grader, not of the submission:\n%s", graded.student, graded.fault)
    for problem in graded.unexplained:
        log.warning("%s: a failure could not be explained; the points stand:\n%s", graded.student, problem)
    if graded.broken is not None:
        console.print(printable(f"{graded.student}: {graded.broken}"), style="yellow", highlight=False, markup=False)


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """One writer: the lock is the system's, so that a grader that was killed does not hold it."""
    course.classroom.mkdir(parents=True, exist_ok=True)
    lock = FileLock(course.classroom / ".lock", timeout=0, mode=0o664)  # less where the umask says so
    try:
        lock.acquire()
    except Timeout:
        raise ClassError(f"Another gdm is at work on the class in {course.classroom}. Wait until it is done.") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def pool_of(workers: int, dask: str | None, course: Course, fork_server: ForkServer | None) -> Iterator[Pool]:
    """Give the pool that grades: processes that share `fork_server`, the cluster at `dask`, or else processes alone."""
    if fork_server:
        with fork_server:
            yield Processes(workers, partial(lend, fork_server.control))
        return
    if dask is None:
        yield Processes(workers)
        return
    with closing(Cluster(dask, [course.root / "nbgrader_config.py", course.submitted])) as cluster:
        yield cluster


def _grade(student: str, **how: Any) -> Graded:
    """In a worker: this process itself has no use for all that grading imports."""
    from gdm_grader.grading import grade

    return grade.grade(student, **how)


def write_feedback(course: Course, name: str, students: Iterable[str], workers: int, console: Console) -> bool:
    """Write each student's HTML page from what the gradebook says now; return whether all could be written."""
    complete = True
    work = partial(page.attempt, course=course, name=name)
    of_class = marks.read(course, name, list(students))
    for of_student, written in watched(work, of_class, Processes(workers), "feedback", console):
        if isinstance(written, Path):
            continue
        student, complete = of_student.student, False
        failure = written or page.Failure("writing it ended the process, twice", "")
        log.error("%s: no feedback: %s\n%s", student, failure.says, failure.trace)
        (course.feedback / student / name).mkdir(parents=True, exist_ok=True)  # empty: reports say that it is missing
        console.print(printable(f"{student}: no feedback: {failure.says}"), style="yellow", highlight=False,
                      markup=False)
    return complete


def watched(work: Callable[[Item], Finished], items: list[Item], pool: Pool, what: str,
            console: Console, tries: int = 1) -> Iterator[tuple[Item, Finished | None]]:
    """The outcomes as they are done, under a bar with rate and time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, closing(each(work, items, pool, tries)) as outcomes:
        bar = progress.add_task(what, total=len(items))
        for outcome in outcomes:
            progress.advance(bar)
            yield outcome


class Rate(ProgressColumn):
    """Submissions a minute, since the bar began: several results that come at once are no rate of their own."""

    def render(self, task: Task) -> Text:
        """Return the rate, as in "12 a minute"; an empty text while it is unknown."""
        seconds = task.finished_time or task.elapsed
        rate = f"{60 * task.completed / seconds:.0f} a minute" if seconds and task.completed else ""
        return Text(rate, style="progress.data.speed")

"""The one writer: results of grading go into nbgrader's gradebook, the autograded folder and a small JSON file each."""

import logging
import shutil
import traceback
from contextlib import nullcontext
from dataclasses import asdict, fields, replace

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry
from nbgrader.utils import compute_checksum, is_solution
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import joinedload

from gdm_grader.course import assignment as assignments
from gdm_grader.course.cells import key_of, label_of
from gdm_grader.course.converter import convert
from gdm_grader.course.course import Course
from gdm_grader.intake.clean import cleaned
from gdm_grader.intake.times import timestamp
from gdm_grader.records import gradebook
from gdm_grader.records.follow import follow
from gdm_grader.records.late import apply_late, put_due
from gdm_grader.records.results import NOT_GRADED, Diagnosis, Graded, forget, save

log = logging.getLogger(__name__)
MAX_TRACE_CHARS = 20_000


def prepare_gradebook(course: Course, name: str) -> list[str]:
    """Create the class's gradebook and put the assignment in; return what changed in it since the last time."""
    changed = follow(course, name)
    course.classroom.mkdir(parents=True, exist_ok=True)
    scratch = course.classroom / ".release"
    try:
        convert(course, name, scratch, course.db_url)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    put_due(course, name)
    return changed


def record(course: Course, name: str, graded: Graded, digest: str, book: Gradebook | None = None) -> Graded:
    """Write one student's outcome; recording the same outcome again changes nothing. `book` is open for a whole run.

    Points that are there stay where a fault of the grader kept the submission from being graded. What cannot be
    written is this student's fault or ours, never the class's: it comes back, and is recorded, as not graded.
    """
    graded = without_halves(graded)
    forget(course, name, graded.student)
    with nullcontext(book) if book else gradebook.open_gradebook(course) as own:
        try:
            _record(own, course, name, graded)
        except (OSError, OperationalError, InterfaceError):  # the disk or the database, which everybody needs
            raise
        except Exception:
            own.db.rollback()
            log.exception("%s: the outcome could not be recorded", graded.student)
            graded = Graded(graded.student, broken=NOT_GRADED, fault=traceback.format_exc()[-MAX_TRACE_CHARS:],
                            seconds=graded.seconds, isolation=graded.isolation, seed=graded.seed)
            _record(own, course, name, graded)
        own.db.remove()  # a new session for the next student: memory stays as it is
    save(course, name, graded, digest)
    return graded


def without_halves(graded: Graded) -> Graded:
    """The outcome with clean text: what a student's code prints comes from the kernel, uncleaned."""
    changed = {entry.name: cleaned(getattr(graded, entry.name)) for entry in fields(graded)
               if entry.name != "diagnoses"}
    diagnoses = tuple(Diagnosis(**cleaned(asdict(one))) for one in graded.diagnoses)
    return replace(graded, **changed, diagnoses=diagnoses)


def _record(book: Gradebook, course: Course, name: str, graded: Graded) -> None:
    if not (graded.waits and _is_recorded(book, name, graded.student)):
        _replace(book, course, name, graded)


def _is_recorded(book: Gradebook, name: str, student: str) -> bool:
    try:
        book.find_submission(name, student)
    except MissingEntry:
        return False
    return True


def _replace(book: Gradebook, course: Course, name: str, graded: Graded) -> None:
    """Write the points into the gradebook, and the graded notebook into its folder."""
    folder = course.autograded / graded.student / name
    shutil.rmtree(folder, ignore_errors=True)
    _write_points(book, course, name, graded)
    if not graded.waits:
        folder.mkdir(parents=True)
        notebooks = graded.notebooks
        if graded.broken is not None:
            notebooks = refused_notebooks(course, name, graded.student, graded.broken)
        for notebook, text in notebooks.items():
            (folder / f"{notebook}.ipynb").write_text(text, encoding="utf-8")


def _write_points(book: Gradebook, course: Course, name: str, graded: Graded) -> None:
    """Write what nbgrader's SaveAutoGrades writes, in one transaction and without a query for each cell."""
    when = timestamp(course.submitted / graded.student / name)
    book.update_or_create_student(graded.student)
    submission = book.update_or_create_submission(name, graded.student, timestamp=when and gradebook.naive(when))
    for notebook in submission.notebooks:
        comments = _comments(graded.notebooks.get(notebook.name, ""))
        for grade in book.db.query(Grade).filter(Grade.notebook_id == notebook.id).options(joinedload(Grade.cell)):
            grade.auto_score = graded.scores.get(key_of(name, notebook.name, grade.name), 0.0)
            grade.needs_manual_grade = (grade.manual_score is not None or grade.auto_score is None
                                        or graded.broken is not None)
        for comment in book.db.query(Comment).filter(Comment.notebook_id == notebook.id).options(
                joinedload(Comment.cell)):
            comment.auto_comment = comments.get(comment.name)
    book.db.commit()
    if submission.total_seconds_late > 0 or submission.late_submission_penalty:
        apply_late(course, name, [graded.student])


def refused_notebooks(course: Course, name: str, student: str, broken: str) -> dict[str, str]:
    """Return what formgrader shows for a submission that could not be graded, so that a person can give points."""
    said = f"**{student} handed in what could not be graded.** It lies in submitted/{student}/{name}/."
    found = {}
    for notebook in course.notebooks(name):
        nb = new_notebook(cells=[new_markdown_cell(said), new_raw_cell(broken)])
        nb.cells += assignments.read(course, name, notebook).released.values()
        found[notebook] = nbformat.writes(nb)
    return found


def _comments(text: str) -> dict[str, str | None]:
    """Return nbgrader's comment on each answer: that there is none, where the release's cell is unchanged."""
    cells = nbformat.v4.reads(text).cells if text else []  # not validated: a worker has just written it
    comments: dict[str, str | None] = {}
    for cell in cells:
        if is_solution(cell):
            unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            comments[label_of(cell)] = "No response." if unchanged else None
    return comments

"""The one writer: results of grading go into nbgrader's gradebook, the autograded folder and a small JSON file each."""

import shutil
from contextlib import nullcontext

import nbformat
from nbgrader.api import Comment, Grade, Gradebook, Notebook
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_locked, is_solution
from sqlalchemy.orm import joinedload

from gdm_grader import gradebook
from gdm_grader.archive import timestamp
from gdm_grader.course import Course
from gdm_grader.late import penalize, put_due
from gdm_grader.preprocessors import label_of
from gdm_grader.release import convert
from gdm_grader.results import Graded, forget, save


def open_gradebook(course: Course, name: str) -> None:
    """Create the class's gradebook and put the assignment in."""
    if not fits(course, name):
        raise ValueError(f"Expected the cells of {name} as this class was graded with, but cells were added, removed "
                         f"or renamed since. Restore them, or grade the class in another folder (--class).")
    course.classroom.mkdir(parents=True, exist_ok=True)
    scratch = course.classroom / ".release"
    try:
        convert(course, name, scratch, course.db_url)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    put_due(course, name)


def fits(course: Course, name: str) -> bool:
    """Whether the class's gradebook, if there is one with submissions, knows the cells that the source has now."""
    if not gradebook.exists(course):
        return True
    source = nbformat.read(course.source(name), as_version=4)
    with gradebook.opened(course) as book:
        notebooks = [notebook for notebook in book.db.query(Notebook).all() if notebook.name == name]
        known = {cell.name for notebook in notebooks for cell in notebook.source_cells if notebook.submissions}
    now = {label_of(cell) for cell in source.cells if is_grade(cell) or is_solution(cell) or is_locked(cell)}
    return not known or known == now


def record(course: Course, name: str, graded: Graded, digest: str, book: Gradebook | None = None) -> None:
    """Write one student's outcome; recording the same outcome again changes nothing. `book` is open for a whole run."""
    forget(course, name, graded.student)
    folder = course.autograded / graded.student / name
    shutil.rmtree(folder, ignore_errors=True)
    with nullcontext(book) if book else gradebook.opened(course) as own:
        _submission(own, course, name, graded)
        own.db.remove()  # a new session for the next student: memory stays as it is
    if not graded.broken:
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(graded.notebook, encoding="utf-8")
    save(course, name, graded, digest)


def _submission(book: Gradebook, course: Course, name: str, graded: Graded) -> None:
    """What nbgrader's SaveAutoGrades writes, in one transaction and without a query for each cell."""
    when = timestamp(course.submitted / graded.student / name)
    book.update_or_create_student(graded.student)
    submission = book.update_or_create_submission(name, graded.student, timestamp=when and gradebook.naive(when))
    points, comments = _outcome(graded)
    for notebook in submission.notebooks:
        for grade in book.db.query(Grade).filter(Grade.notebook_id == notebook.id).options(joinedload(Grade.cell)):
            grade.auto_score = points.get(grade.name, 0.0)
            grade.needs_manual_grade = grade.manual_score is not None
        for comment in book.db.query(Comment).filter(Comment.notebook_id == notebook.id).options(
                joinedload(Comment.cell)):
            comment.auto_comment = comments.get(comment.name)
    book.db.commit()
    if submission.total_seconds_late > 0 or submission.late_submission_penalty:
        penalize(course, name, graded.student)


def _outcome(graded: Graded) -> tuple[dict[str, float], dict[str, str | None]]:
    """The points and nbgrader's comment of each cell of the graded notebook; nothing where there is none."""
    cells = nbformat.reads(graded.notebook, as_version=4).cells if graded.notebook else []
    points = {label_of(cell): determine_grade(cell)[0] for cell in cells if is_grade(cell)}
    comments = {label_of(cell): "No response." if cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
                else None for cell in cells if is_solution(cell)}
    return points, comments

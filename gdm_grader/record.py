"""The one writer: results of grading go into nbgrader's gradebook, the autograded folder and a small JSON file each."""

import shutil

import nbformat
from nbgrader.api import Gradebook, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import is_grade, is_locked, is_solution

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


def record(course: Course, name: str, graded: Graded, digest: str) -> None:
    """Write one student's outcome; recording the same outcome again changes nothing."""
    forget(course, name, graded.student)
    folder = course.autograded / graded.student / name
    shutil.rmtree(folder, ignore_errors=True)
    _submission(course, name, graded)
    if not graded.broken:
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(graded.notebook, encoding="utf-8")
    save(course, name, graded, digest)


def _submission(course: Course, name: str, graded: Graded) -> None:
    directory = CourseDirectory(config=course.config())
    when = timestamp(course.submitted / graded.student / name)
    with Gradebook(directory.db_url, directory.course_id) as book:
        book.update_or_create_student(graded.student)
        book.update_or_create_submission(name, graded.student, timestamp=when and gradebook.naive(when))
        for grade in book.find_submission_notebook(name, name, graded.student).grades:
            grade.auto_score, grade.needs_manual_grade = 0, False
        book.db.commit()
    if graded.broken:
        return
    where = {"student": graded.student, "assignment": name, "notebook": name, "db_url": directory.db_url}
    SaveAutoGrades(parent=directory).preprocess(nbformat.reads(graded.notebook, as_version=4), {"nbgrader": where})
    penalize(course, name, graded.student)

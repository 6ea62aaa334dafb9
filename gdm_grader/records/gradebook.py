"""The class's gradebook: nbgrader's tables in SQLite, or in PostgreSQL where the class was given its address."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Row, Select, case, create_engine, func, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from gdm_grader.course import settings
from gdm_grader.course.cells import key_of
from gdm_grader.course.course import Course
from gdm_grader.errors import ClassError


def open_gradebook(course: Course) -> Gradebook:
    """The gradebook, to be used in a `with`; ClassError where nothing was graded yet."""
    if not exists(course):
        raise ClassError(f"Expected a gradebook at {shown(course)}, found none. Run `gdm grade` first.")
    return Gradebook(course.db_url)


def exists(course: Course) -> bool:
    """Return whether nbgrader's tables are there; asking creates nothing."""
    url = make_url(course.db_url)
    if url.get_backend_name() == "sqlite" and not course.gradebook.is_file():
        return False
    engine = create_engine(url)
    try:
        return inspect(engine).has_table(Assignment.__tablename__)
    finally:
        engine.dispose()


def choose(course: Course, address: str) -> None:
    """Keep the class's gradebook at `address` from now on; a database that does not answer is refused."""
    try:
        url = make_url(address)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        create_engine(url).connect().close()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ClassError("Expected an address such as postgresql://user@host/database, and for PostgreSQL the extra "
                         f"`pip install 'gdm-grader[postgres]'`: {error}") from None
    now = settings.load(course.classroom)
    settings.save(course.classroom, replace(now, db_url=url.render_as_string(hide_password=False)))


def shown(course: Course) -> str:
    """The address without its password."""
    return make_url(course.db_url).render_as_string(hide_password=True)


def recorded(course: Course, name: str) -> set[str]:
    """The students whose submission the gradebook knows."""
    if not exists(course):
        return set()
    with Gradebook(course.db_url) as book:
        rows = book.db.query(SubmittedAssignment.student_id).join(Assignment).filter(Assignment.name == name)
        return {student for (student,) in rows}


def grades(book: Gradebook, name: str) -> Sequence[Row]:
    """Everyone's graded cells at once: (student, cell, auto_score, manual_score, score); `cell` as course.cells.key_of.

    nbgrader's objects ask the database for each cell; for a class of 1,000 that is a quarter of a minute.
    """
    key = case((Notebook.name == name, BaseCell.name), else_=Notebook.name + "/" + BaseCell.name)
    query = select(SubmittedAssignment.student_id.label("student"), key.label("cell"), Grade.auto_score,
                   Grade.manual_score, Grade.score)
    query = query.join(BaseCell, Grade.cell_id == BaseCell.id).join(Notebook, BaseCell.notebook_id == Notebook.id)
    return book.db.execute(_of_assignment(query.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id),
                                          name)).all()


def submissions(book: Gradebook, name: str) -> Sequence[Row]:
    """Everyone's submission: (student, first_name, last_name, email, timestamp, duedate, extension, penalty)."""
    who = (Student.id.label("student"), Student.first_name, Student.last_name, Student.email,
           SubmittedAssignment.timestamp, Assignment.duedate, SubmittedAssignment.extension)
    query = select(*who, func.sum(SubmittedNotebook.late_submission_penalty).label("penalty"))
    return book.db.execute(_of_assignment(query.select_from(SubmittedNotebook), name)
                           .join(Student, SubmittedAssignment.student_id == Student.id)
                           .group_by(*who).order_by(Student.id)).all()


def most(book: Gradebook, name: str) -> dict[str, float]:
    """Return the points that each graded cell of an assignment gives at most, in the notebooks' order."""
    found = {}
    for notebook in sorted(book.find_assignment(name).notebooks, key=lambda notebook: notebook.name):
        points = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
        for cell in notebook.source_cells:
            if cell.name in points:
                found[key_of(name, notebook.name, cell.name)] = points[cell.name]
    return found


def _of_assignment(query: Select, name: str) -> Select:
    return (query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).where(Assignment.name == name))


def naive(when: datetime) -> datetime:
    """nbgrader stores times in UTC without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None)

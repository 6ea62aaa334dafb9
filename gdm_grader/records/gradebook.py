"""The class's gradebook: nbgrader's tables in SQLite, or in PostgreSQL where the class was given its address."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import URL, Engine, Row, Select, case, create_engine, event, func, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from gdm_grader.course import settings
from gdm_grader.course.cells import key_of
from gdm_grader.course.course import Course, sqlite
from gdm_grader.course.disk.patience import with_patience
from gdm_grader.errors import ClassError
from gdm_grader.records import move

event.listen(Engine, "do_connect", with_patience)  # nbgrader opens connections of its own, too


def open_gradebook(course: Course) -> Gradebook:
    """The gradebook, to be used in a `with`; ClassError where nothing was graded yet."""
    expect(course)
    return Gradebook(course.db_url)


def expect(course: Course) -> None:
    """ClassError where there is no gradebook, since nothing was graded yet or the file is gone."""
    if not exists(course):
        raise ClassError(f"Expected a gradebook at {address_shown(course)}, found none. Run `gdm grade` first.")


def exists(course: Course) -> bool:
    """Return whether nbgrader's tables are there; asking creates nothing. ClassError for a folder in their place."""
    url = make_url(course.db_url)
    if url.get_backend_name() == "sqlite" and Path(str(url.database)).is_dir():
        raise ClassError(f"Expected a gradebook at {url.database}, found a folder. Move it away.")
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        return False
    engine = create_engine(url)
    try:
        return inspect(engine).has_table(Assignment.__tablename__)
    finally:
        engine.dispose()


def choose(course: Course, address: str) -> bool:
    """Keep the class's gradebook at `address` from now on, and move it there; return whether there was one to move.

    `sqlite` is the file in the class's folder. A database that does not answer, that holds another gradebook, or an
    address with a password in it is refused.
    """
    url = _reachable(course, address)
    target = url.render_as_string(hide_password=False)
    moves = target != course.db_url and exists(course)
    if moves:
        move.move(course.db_url, target)
    is_file = url.get_backend_name() == "sqlite" and url.database == str(course.gradebook)
    settings.change(course.classroom, lambda now: replace(now, db_url=None if is_file else target))
    if not is_file:
        move.put_aside(course)
    return moves


def _reachable(course: Course, address: str) -> URL:
    """The address as SQLAlchemy has it; ClassError if nothing answers there, or it holds a password."""
    try:
        url = make_url(sqlite(course.gradebook) if address == "sqlite" else address)
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        if url.password is not None:
            raise ClassError("Expected an address without a password, since class.json is for all who grade. Put it "
                             "into ~/.pgpass, or into PGPASSWORD of the environment.")
        course.classroom.mkdir(parents=True, exist_ok=True)
        create_engine(url).connect().close()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ClassError("Expected sqlite, or an address such as postgresql://user@host/database, and for PostgreSQL "
                         f"the extra `pip install 'gdm-grader[postgres]'`: {error}") from None
    return url


def address_shown(course: Course) -> str:
    """The address without its password; of a file its path."""
    url = make_url(course.db_url)
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def recorded(course: Course, name: str) -> set[str]:
    """The students whose submission the gradebook knows."""
    if not exists(course):
        return set()
    with Gradebook(course.db_url) as book:
        rows = book.db.query(SubmittedAssignment.student_id).join(Assignment).filter(Assignment.name == name)
        return {student for (student,) in rows}


def grades(book: Gradebook, name: str, only: Collection[str] | None = None) -> Sequence[Row]:
    """Everyone's graded cells at once: (student, cell, auto_score, manual_score, score); `cell` as course.cells.key_of.

    `only` of these students, by default of all.
    nbgrader's objects ask the database for each cell; for a class of 1,000 that is a quarter of a minute.
    """
    key = case((Notebook.name == name, BaseCell.name), else_=Notebook.name + "/" + BaseCell.name)
    query = select(SubmittedAssignment.student_id.label("student"), key.label("cell"), Grade.auto_score,
                   Grade.manual_score, Grade.score)
    query = query.join(BaseCell, Grade.cell_id == BaseCell.id).join(Notebook, BaseCell.notebook_id == Notebook.id)
    query = query.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
    return book.db.execute(_of_assignment(query, name, only)).all()


def comments(book: Gradebook, name: str, only: Collection[str] | None = None) -> Sequence[Row]:
    """Everyone's comments at once: (student, notebook, cell, comment); `only` of these students, by default of all."""
    query = select(SubmittedAssignment.student_id.label("student"), Notebook.name.label("notebook"),
                   BaseCell.name.label("cell"), Comment.comment)
    query = query.join(BaseCell, Comment.cell_id == BaseCell.id).join(Notebook, BaseCell.notebook_id == Notebook.id)
    query = query.join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
    return book.db.execute(_of_assignment(query, name, only)).all()


def penalties(book: Gradebook, name: str, only: Collection[str] | None = None) -> Sequence[Row]:
    """The cost of lateness by notebook: (student, notebook, penalty), None for nothing; `only` of these students."""
    query = select(SubmittedAssignment.student_id.label("student"), Notebook.name.label("notebook"),
                   SubmittedNotebook.late_submission_penalty.label("penalty"))
    query = query.select_from(SubmittedNotebook).join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
    return book.db.execute(_of_assignment(query, name, only)).all()


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


def _of_assignment(query: Select, name: str, only: Collection[str] | None = None) -> Select:
    """Return a query over SubmittedNotebook for one assignment; `only` of these students, by default of all."""
    query = (query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
             .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).where(Assignment.name == name))
    return query if only is None else query.where(SubmittedAssignment.student_id.in_(only))


def naive(when: datetime) -> datetime:
    """nbgrader stores times in UTC without saying so."""
    return when.astimezone(UTC).replace(tzinfo=None)

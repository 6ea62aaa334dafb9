"""Move a class's gradebook to another database, all of it, in one transaction, and prove that it arrived."""

from typing import Any

from nbgrader.api import Base
from sqlalchemy import Connection, create_engine, func, insert, select, text

from gdm_grader.course.converter import create_tables
from gdm_grader.course.course import Course
from gdm_grader.errors import ClassError

MOVED_ENDING = ".moved"  # what the name of a gradebook's file ends with once the gradebook is elsewhere
Dump = dict[str, list[dict[str, Any]]]


def dump(address: str) -> Dump:
    """Return every row of nbgrader's tables, in the order of their keys."""
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            found: Dump = {}
            for table in Base.metadata.sorted_tables:
                query = select(table).order_by(*table.primary_key.columns)
                found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
            return found
    finally:
        engine.dispose()


def move(source: str, target: str) -> None:
    """Copy the gradebook at `source` to `target`, which must hold none; ClassError where another is there already.

    Points by hand, comments, extensions and all else are rows of these tables, under the same keys.
    """
    create_tables(target)
    rows, engine = dump(source), create_engine(target)
    if dump(target) == rows:  # by a command that was killed before it was done
        return
    try:
        with engine.begin() as connection:
            if not _is_empty(connection):
                raise ClassError("Expected a database without a gradebook, but there is one with submissions. Name an "
                                 "empty database.")
            for table in Base.metadata.sorted_tables:
                connection.execute(table.delete())  # the course that nbgrader puts into each new gradebook
            for table in Base.metadata.sorted_tables:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
    finally:
        engine.dispose()
    if dump(target) != rows:
        raise ClassError("The gradebook did not arrive as it was. It stays where it is; nothing was changed there.")


def put_aside(course: Course) -> None:
    """Rename the file of a gradebook that is elsewhere now, so that no tool writes into it."""
    if not course.gradebook.is_file():
        return
    engine = create_engine(f"sqlite:///{course.gradebook}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    course.gradebook.replace(course.gradebook.with_name(course.gradebook.name + MOVED_ENDING))
    for ending in ("-wal", "-shm"):
        course.gradebook.with_name(course.gradebook.name + ending).unlink(missing_ok=True)


def _is_empty(connection: Connection) -> bool:
    """A gradebook without an assignment and without a student is empty."""
    for name in ("assignment", "student"):
        table = Base.metadata.tables[name]
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            return False
    return True

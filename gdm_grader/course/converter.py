"""nbgrader's converter, whose failure is reported in one sentence, and its tables, made without a new process."""

import logging
import tempfile
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

from alembic.script import ScriptDirectory
from nbgrader.api import Base, Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.dbutil import ALEMBIC_DIR
from sqlalchemy import create_engine, inspect, text

from gdm_grader.course import places
from gdm_grader.course.assignment import unfilled
from gdm_grader.course.cells import is_unfilled, key_of, label_of
from gdm_grader.course.course import RELEASE, Course, sqlite
from gdm_grader.course.disk.trouble import raise_if_full
from gdm_grader.errors import CourseError


def convert(course: Course, name: str, target: Path, db_url: str) -> None:
    """Run nbgrader's generate_assignment into `target`, with the cells and points recorded in the gradebook."""
    course.read_source(name)
    create_tables(db_url)
    config = course.config(release_directory=target, assignment_id=name, db_url=db_url)
    config.GenerateAssignment.force = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    log = Complaints()
    converter.log = log.logger
    try:
        with chdir(course.root):  # nbgrader looks for autotests.yml, and for a header, where it is started
            converter.start()
    except NbGraderException:
        raise_if_full(log.reason(), target)
        raise CourseError(f"nbgrader could not make the assignment {name}: {log.reason()}") from None


def keep_assertions(course: Course, name: str) -> None:
    """Have nbgrader make assertions of an assignment's AUTOTEST lines, and keep them; nothing if they are up to date.

    It runs the notebook with the instructor's solution: some seconds.
    """
    of = unfilled(course, name)
    known = places.load(course, name) or places.Places("", {})
    if known.filled_of == of:
        return
    filled: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="gdm-") as scratch:
        db_url = sqlite(Path(scratch) / "gradebook.db")
        convert(course, name, Path(scratch) / RELEASE, db_url)
        with Gradebook(db_url) as book:
            for notebook in book.find_assignment(name).notebooks:
                saved = {cell.name: cell.source for cell in notebook.source_cells}
                for cell in course.read_source(name, notebook.name).cells:
                    if is_unfilled(cell):
                        filled[key_of(name, notebook.name, label_of(cell))] = saved[label_of(cell)]
    places.save(course, name, replace(known, filled=filled, filled_of=of))


class Complaints(logging.Handler):
    """A log handler that keeps the errors of an nbgrader converter, so that one sentence can say why it failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self.logger = logging.Logger("gdm_grader")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def reason(self) -> str:
        """The last line of the last traceback, else the first complaint."""
        traces = [message for message in self.messages if message.startswith("Traceback")]
        text = traces[-1].strip().splitlines()[-1] if traces else next(iter(self.messages), "no reason was given")
        return text.strip()


def create_tables(db_url: str) -> None:
    """Create nbgrader's tables before the first use, and set SQLite's mode for one writer and many readers.

    nbgrader would make the tables, too, but it starts a process to ask alembic for their version: seconds.
    """
    engine = create_engine(db_url)
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).touch()  # as the umask says: SQLite alone would keep the group from writing
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA journal_mode=WAL"))
            connection.execute(text("BEGIN IMMEDIATE"))  # else each table would stand alone, and a kill leave some
        if not inspect(connection).get_table_names():
            Base.metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"),
                               {"version": ScriptDirectory(ALEMBIC_DIR).get_current_head()})
    engine.dispose()

"""Waits for a gradebook that another program holds, and says so: SQLite itself would wait in silence."""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from gdm_grader.course.disk.trouble import HELD, QUIET_SECONDS

IN_VAIN: set[str] = set()  # files that were waited for once, to no end: this command waits for them no more


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Note of an error which file it is about."""
    try:
        yield
    except sqlite3.Error as error:
        error.add_note(file)
        raise


class PatientCursor(sqlite3.Cursor):
    """A cursor whose statements wait, and say so."""

    connection: "PatientConnection"

    def execute(self, *given: Any) -> Any:
        return self.connection.patiently(lambda: sqlite3.Cursor.execute(self, *given))

    def executemany(self, *given: Any) -> Any:
        return self.connection.patiently(lambda: sqlite3.Cursor.executemany(self, *given))

    def fetchall(self) -> Any:
        """Return the rows; where the file does not hold them, the error names it."""
        with naming(self.connection.file):
            return super().fetchall()


class PatientConnection(sqlite3.Connection):
    """A connection that waits for others as long as its address says, and after a short while tells whoever sits there.

    In its short waits a Ctrl-C is heard.
    """

    def __init__(self, database: str, timeout: float = 5.0, **named: Any) -> None:
        self.file, self.patience = str(database), timeout
        with naming(self.file):
            super().__init__(database, timeout=min(timeout, QUIET_SECONDS), **named)

    def cursor(self, factory: Any = PatientCursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        self.patiently(super().commit)

    def patiently(self, act: Callable[[], Any]) -> Any:
        """Return act(), once nobody else holds the file; sqlite3.OperationalError if that takes too long."""
        until, said, done = time.monotonic() + self.patience, False, self.total_changes
        while True:
            try:
                with naming(self.file):
                    return act()
            except sqlite3.OperationalError as error:
                over = self.file in IN_VAIN or time.monotonic() >= until
                if error.sqlite_errorcode not in HELD or self.total_changes != done or over:
                    if said:
                        IN_VAIN.add(self.file)
                    raise
            if not said:
                print(f"Another program holds the gradebook {self.file}. Waiting for it, up to {self.patience:g} s.",
                      file=sys.stderr, flush=True)
            said = True


def with_patience(dialect: Any, record: Any, positional: Any, named: dict[str, Any]) -> None:
    """Let SQLAlchemy, which asks before it connects, open a patient connection where that is to an SQLite file."""
    if dialect.name == "sqlite":
        named["factory"] = PatientConnection

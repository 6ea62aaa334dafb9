"""The errors of the grader, by their origin: the person at the keyboard, a submission, or this program.

`GraderError` is what the person can mend; the command line prints it as a sentence. `SubmissionError` is what one
student handed in; it is recorded for that student. Any other exception is a fault of the grader: its traceback is
logged, the run goes on for the others, and nobody loses points for it.
"""

import logging
import sqlite3
from contextlib import AbstractContextManager
from types import TracebackType

import typer

from gdm_grader.course.disk.trouble import HELD, sentence_for_database, sentence_for_disk
from gdm_grader.imports import sentence_for_import

GOES_ON = "What was graded is kept; run the same command again to go on."
ENDS = "Wait until it is done, or end it: formgrader, for example, or a viewer of databases."
MENDS = "Restore it from a backup; one that another version of nbgrader made needs `nbgrader db upgrade`."
# in what SQLite says where nothing is wrong with a gradebook itself
PASSING = ("locked", "unable to open", "disk I/O", "disk is full", "readonly")
FAILED = 1  # exit status: a sentence says what to do, or some submissions could not be graded
PARTLY = 3  # exit status: the command did its work, but somebody was left out, who is named
INTERRUPTED = 130  # exit status after Ctrl-C

log = logging.getLogger(__name__)


class GraderError(Exception):
    """A fault that the person at the keyboard can mend: what was expected, what came, what to do."""


class CourseError(GraderError):
    """A fault in what the instructor wrote: configuration, notebook, tests, catalogue."""


class ClassError(GraderError):
    """The class's folder, its gradebook or its settings are not as expected."""


class InputError(GraderError):
    """A fault in what a command was given: a path, a file from a platform, a date, an address."""


class SubmissionError(Exception):
    """A fault in what a student handed in, in a sentence; it concerns this student alone."""


class reported(AbstractContextManager):
    """Print what went wrong and what to do, and leave with exit status 1 (130 after Ctrl-C).

    A fault of the program keeps its traceback, which the log file has, too.
    """

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        sentence = sentence_for(error)
        if sentence is None:
            sentence = sentence_for_import(error)
            if sentence is not None:
                log.error("a package could not be imported", exc_info=error)
        if sentence is not None:
            from gdm_grader.logs import PlainConsole

            PlainConsole(stderr=True).print(sentence, style="red", soft_wrap=True)
            raise typer.Exit(INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILED)
        if isinstance(error, Exception) and not isinstance(error, typer.Exit):
            log.error("a fault of the program", exc_info=error)


def sentence_for(error: BaseException | None) -> str | None:
    """Return the sentence for what a person can mend; None for a fault of the program, which keeps its traceback."""
    if isinstance(error, GraderError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return f"Stopped. {GOES_ON}"
    of_disk = sentence_for_disk(error)
    if of_disk is not None:
        return f"{of_disk} {GOES_ON}"
    cause = getattr(error, "orig", None)  # of SQLAlchemy's DBAPIError, which is not imported for a `gdm --help`
    if cause is not None:
        if getattr(cause, "sqlite_errorcode", None) in HELD:
            return f"Another program holds the gradebook. {ENDS} {GOES_ON}"
        of_disk = sentence_for_database() if isinstance(cause, sqlite3.Error) else None
        if of_disk is not None:
            return f"{of_disk} {GOES_ON}"
        named = " ".join(["The gradebook", *getattr(cause, "__notes__", [])])
        return f"{named} did not answer as it should: {str(cause).strip().rstrip('.')}. " \
               f"{MENDS if is_spoiled(cause) else GOES_ON}"
    return None


def is_spoiled(cause: BaseException | None) -> bool:
    """Return whether an error of SQLite's tells of a file that it cannot make sense of, now or later."""
    return isinstance(cause, sqlite3.Error) and not any(word in str(cause) for word in PASSING)

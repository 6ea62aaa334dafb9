"""What can go wrong around a grading, as a sentence instead of a traceback."""

import errno
from contextlib import AbstractContextManager
from types import TracebackType

import typer
from rich.console import Console

GOES_ON = "What was graded is kept; run the same command again to go on."


class reported(AbstractContextManager):
    """Print what went wrong and what to do, and leave with exit status 1 (130 after Ctrl-C)."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        sentence = sentence_for(error)
        if sentence:
            Console(stderr=True).print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(130 if isinstance(error, KeyboardInterrupt) else 1)


def sentence_for(error: BaseException | None) -> str:
    """"" for what is a bug, which keeps its traceback."""
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return f"Stopped. {GOES_ON}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full. {GOES_ON}"
    cause = getattr(error, "orig", None)  # of SQLAlchemy's DBAPIError, which is not imported for a `gdm --help`
    if cause is not None:
        return f"The gradebook did not answer as it should: {str(cause).strip().rstrip('.')}. {GOES_ON}"
    return ""

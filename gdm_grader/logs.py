"""The console of the commands, and their log: whatever they show is text, which no terminal obeys.

Log messages go into a file in the class's folder, and with `gdm --verbose` to the screen, too.
"""

import logging
import sys
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from gdm_grader.intake.clean import CONTROL, UNKNOWN, clean

MAX_LOG_BYTES = 2_000_000  # then the file is kept as gdm.log.1 and begun anew
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOGGER = logging.getLogger("gdm_grader")


class PlainConsole(Console):
    """A console of rich's. What a student wrote may stand in any line, any cell and any error: its signs that a
    terminal obeys are replaced here, where all that is printed comes by; rich's own are not text."""

    def __init__(self, **named: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **named)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return what rich would write, with every sign replaced that a terminal obeys."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=CONTROL.sub(UNKNOWN, segment.text))


class PlainFormatter(logging.Formatter):
    """Writes what a terminal shows as text: tracebacks quote what students wrote."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the message and its traceback, with every sign replaced that a terminal obeys."""
        return CONTROL.sub(UNKNOWN, clean(super().format(record)))


def set_up(verbose: bool) -> None:
    """Begin a command: show messages on the screen if `verbose`, and forget the last command's file."""
    for handler in list(LOGGER.handlers):
        LOGGER.removeHandler(handler)
        handler.close()
    LOGGER.propagate = False
    LOGGER.setLevel(logging.DEBUG if verbose else logging.INFO)
    _add(logging.StreamHandler() if verbose else logging.NullHandler())


def log_into(path: Path) -> None:
    """Write messages into `path`, too, if its folder is there; the file is made with the first of them."""
    if path.parent.is_dir():
        _add(LogFile(path, maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True))


class LogFile(RotatingFileHandler):
    """A log file that says once, in a line, that it cannot be written: no command ends for it."""

    said = False

    def handleError(self, record: logging.LogRecord) -> None:
        if not self.said:
            print(f"{self.baseFilename} cannot be written: {sys.exc_info()[1]}", file=sys.stderr)
        self.said = True


def _add(handler: logging.Handler) -> None:
    handler.setFormatter(PlainFormatter(FORMAT))
    LOGGER.addHandler(handler)

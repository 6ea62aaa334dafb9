"""Send log messages to the screen with `gdm --verbose`, and to a file in the class's folder."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_LOG_BYTES = 2_000_000  # then the file is kept as gdm.log.1 and begun anew
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOGGER = logging.getLogger("gdm_grader")


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
    handler.setFormatter(logging.Formatter(FORMAT))
    LOGGER.addHandler(handler)

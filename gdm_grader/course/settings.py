"""The settings of a class, in <class>/class.json: the gradebook's address and the due dates."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from dateutil import parser

from gdm_grader.errors import ClassError, InputError

FILE = "class.json"


@dataclass(frozen=True)
class Settings:
    """`db_url` is "" for the SQLite file in the class's folder; `due` maps an assignment to an ISO time with zone."""

    db_url: str = ""
    due: dict[str, str] = field(default_factory=dict)


def load(classroom: Path) -> Settings:
    path = classroom / FILE
    if not path.is_file():
        return Settings()
    try:
        return Settings(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ClassError(f'Expected {path} to hold {{"db_url": "...", "due": {{"NAME": "..."}}}}, '
                         f"but it could not be read: {error}. Mend or remove it.") from None


def save(classroom: Path, settings: Settings) -> None:
    """Write the settings for their owner's eyes alone: an address may hold a password."""
    classroom.mkdir(parents=True, exist_ok=True)
    part = classroom / f"{FILE}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(settings), indent=1) + "\n")
    part.replace(classroom / FILE)


def moment(text: str) -> datetime:
    """Read a date with its time; without a zone it is this machine's."""
    try:
        when = parser.parse(text)
    except (ValueError, OverflowError):
        raise InputError(f"Expected a date such as '2026-12-01 23:59 +01:00', got {text!r}.") from None
    return (when if when.tzinfo else when.astimezone()).astimezone(UTC)

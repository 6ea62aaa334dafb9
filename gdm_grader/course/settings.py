"""The settings of a class, which the instructor makes once, in <class>/class.json."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gdm_grader.course.disk import whole
from gdm_grader.errors import ClassError

SETTINGS_FILE = "class.json"


@dataclass(frozen=True)
class Settings:
    """`db_url` is None for the SQLite file in the class's folder, `book` is None until the book is published somewhere.

    `due` maps an assignment to an ISO time with its zone, `late` to the rule for late work (see records.late.Rule),
    `extensions` to the students who have a later date, `teams` a team's name to its members.
    """

    db_url: str | None = None
    due: dict[str, str] = field(default_factory=dict)
    late: dict[str, dict[str, float]] = field(default_factory=dict)
    extensions: dict[str, dict[str, str]] = field(default_factory=dict)
    teams: dict[str, list[str]] = field(default_factory=dict)
    book: str | None = None


def load(classroom: Path) -> Settings:
    """Read the settings of a class: the defaults where it has none; ClassError if the file cannot be read."""
    path = classroom / SETTINGS_FILE
    if not path.is_file():
        return Settings()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        for key in ("db_url", "book"):
            stored[key] = stored.get(key) or None  # older files have "" for none
        return Settings(**stored)
    except (ValueError, TypeError, AttributeError) as error:
        raise ClassError(f'Expected {path} to hold {{"db_url": "...", "due": {{"NAME": "..."}}}}, '
                         f"but it could not be read: {error}. Mend or remove it.") from None


def change(classroom: Path, how: Callable[[Settings], Settings]) -> None:
    """Write what `how` makes of the settings; whoever grades the class reads them, and no secret stands in them."""
    path = classroom / SETTINGS_FILE
    with whole.changing(path):
        settings = how(load(classroom))
        whole.write(path, json.dumps(asdict(settings), indent=1, ensure_ascii=False) + "\n")

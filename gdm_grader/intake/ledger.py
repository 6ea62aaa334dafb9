"""The class's record of what was taken in: which folder belongs to a number, and what each upload was called.

Kept in <class>/intake.json. It is no part of a submission: what stands here changes no point.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gdm_grader.course.disk import whole
from gdm_grader.errors import ClassError

LEDGER_FILE = "intake.json"


@dataclass
class Upload:
    """The upload that counts: `late` if the platform calls it so, `prefix` as the platform's import wants it.

    `platform`, `number` and `prefix` are None where there is none.
    `upload` grows with each of the platform's uploads, 0 if it does not count them. `digest` is that of the file,
    `earlier` those of the files that it replaced.
    """

    platform: str | None = None
    number: str | None = None
    late: bool = False
    upload: int = 0
    prefix: str | None = None
    digest: str | None = None
    earlier: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """`people`: a platform's number of a person, and the folder that is theirs; `uploads[assignment][student]`;
    `addresses`: by the same number what Moodle's worksheet says of the person; `refused[assignment][student]`: why what
    came last was not taken."""

    people: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, dict[str, Upload]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    refused: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, name: str) -> dict[str, Upload]:
        return self.uploads.setdefault(name, {})


def load(classroom: Path) -> Ledger:
    """Return what is remembered; nothing for a class that was never collected."""
    path = classroom / LEDGER_FILE
    if not path.is_file():
        return Ledger()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        uploads = {}
        for name, students in stored["uploads"].items():
            uploads[name] = {student: _upload(upload) for student, upload in students.items()}
        refused = {name: dict(students) for name, students in stored.get("refused", {}).items()}
        return Ledger(dict(stored["people"]), uploads, dict(stored.get("addresses", {})), refused)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ClassError(f"Expected {path} as `gdm collect` wrote it, but it could not be read: {error}. Restore it "
                         "from a backup; without it two people of one name cannot be told apart.") from None


def _upload(stored: dict[str, Any]) -> Upload:
    for key in ("platform", "number", "prefix", "digest"):
        stored[key] = stored.get(key) or None  # older files have "" for none
    return Upload(**stored)


def save(classroom: Path, ledger: Ledger) -> None:
    """Write what is remembered; the file is replaced as a whole."""
    whole.write(classroom / LEDGER_FILE, json.dumps(asdict(ledger), indent=1, ensure_ascii=False) + "\n")


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""Stand-ins for the platforms, one file each: what its code writes, and what it would make of our files."""

import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Person:
    """A student as platforms know one. `number` is the platform's; `team` is "" for who works alone."""

    first: str
    last: str
    number: int
    team: str = ""

    @property
    def email(self) -> str:
        return f"s{self.number}@uni.example"

    @property
    def full_name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def login(self) -> str:
        return f"{self.first[0]}{self.last}".lower().replace(" ", "")

    @property
    def sortable_name(self) -> str:
        return f"{self.last}, {self.first}"


@dataclass(frozen=True)
class HandIn:
    """Files by name, handed in by a person; `upload` is the number of the first."""

    person: Person
    files: dict[str, bytes]
    late: bool = False
    upload: int = 60001
    when: datetime = field(default=datetime(2026, 11, 20, 23, 58, 1))


def write_zip(path: Path, entries: dict[str, bytes], downloaded: datetime) -> Path:
    """A zip whose entries carry the time of the download, as those of Canvas and Moodle do."""
    moment = (downloaded.year, downloaded.month, downloaded.day, downloaded.hour, downloaded.minute, 0)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries.items():
            target.writestr(zipfile.ZipInfo(name, moment), data)
    return path


DOWNLOADED = datetime(2026, 11, 29, 9, 30)

"""One file as it was handed in, with what its name says of it."""

from dataclasses import dataclass
from datetime import datetime

from gdm_grader.intake.names.entry import Entry

FOLDERS = "folders"  # STUDENT/NAME.ipynb: no platform


@dataclass(frozen=True)
class Handed:
    """One student's file. `number` is the platform's for the person, `numbered` if a folder's name ends with it.

    `upload` grows with each upload, 0 if the platform does not number these; `when` is the time of handing in that a
    name holds, without a zone where it names none, or an abbreviation that several zones may share, `zone`; `prefix` is
    how the platform's own import knows the student again; `assignment` is the one that a name tells. What a platform
    does not write is None; who nobody is, is "".
    """

    who: str
    file: str
    entry: Entry
    platform: str = FOLDERS
    number: str | None = None
    numbered: bool = False
    late: bool = False
    upload: int = 0
    when: datetime | None = None
    zone: str | None = None
    prefix: str | None = None
    assignment: str | None = None

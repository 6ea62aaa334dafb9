"""Intake: from what a learning platform hands out to nbgrader's submitted/STUDENT/NAME/NAME.ipynb."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from gdm_grader.course.course import Course
from gdm_grader.errors import InputError, SubmissionError
from gdm_grader.intake.archive import Entry, open_archive, timestamp

# Canvas: doejane_LATE_12345_67890_masks-1.ipynb    Moodle: Jane Doe_12345_assignsubmission_file_/masks.ipynb
CANVAS = re.compile(r"(?P<who>[^_/]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)")
MOODLE = re.compile(r"(?:[^/]*/)??(?P<who>[^/]+?)_(?P<id>\d+)_assignsubmission_file_?/?(?P<file>.+)")
AGAIN = re.compile(r"(-\d+| ?\(\d+\))?\.ipynb$")  # what platforms and browsers append to a name that is taken
STATUSES = ("new", "replaced", "unchanged", "kept", "refused")
LONGEST = 100  # characters of a student's folder


@dataclass(frozen=True)
class Handed:
    """One student's file. `number` is the platform's, `stable` if it is the same in every assignment."""

    who: str
    file: str
    entry: Entry
    number: str = ""
    stable: bool = False
    late: bool = False

    @property
    def student(self) -> str:
        """A folder's name: letters, digits and . _ @ - alone."""
        plain = re.sub(r"[^\w.@-]+", "-", self.who).strip("-.")
        return f"{plain}_{self.number}" if self.stable else plain


@dataclass(frozen=True)
class Taken:
    """What became of one student's files; `status` is one of STATUSES."""

    student: str
    status: str
    why: str = ""


def collect(course: Course, name: str, source: Path, replacing: bool = False) -> list[Taken]:
    """Take every student's newest notebook; whoever cannot be taken is named with a reason, the class goes on.

    What is there is replaced by what is newer. Where no time tells, it is kept, unless `replacing`.
    """
    course.source(name)
    if course.demonstration_mark.exists():
        raise InputError(f"Expected a folder for real students, but {course.classroom} holds the demonstration class. "
                         "Name another one with --class, or with GDM_CLASS in the environment.")
    taken: list[Taken] = []
    with open_archive(source) as entries:
        students: dict[str, list[Handed]] = defaultdict(list)
        for handed in told_apart(handed_in(entries, name)):
            if handed.student and len(handed.student) <= LONGEST:
                students[handed.student].append(handed)
            else:
                why = handed.entry.problem or "no student's name can be read from its path"
                taken.append(Taken(str(handed.entry.path), "refused", why))
        for student, files in sorted(students.items()):
            try:
                taken.append(_take(course, name, student, files, replacing))
            except (SubmissionError, OSError) as error:
                taken.append(Taken(student, "refused", str(error)))
    if not taken:
        raise InputError(f"Expected submissions in {source}, named as Canvas or Moodle names them or in folders "
                         f"STUDENT/{name}.ipynb; found none.")
    return taken


def handed_in(entries: list[Entry], name: str) -> list[Handed]:
    """Whose file each is. The first folder below the archive's own says it: what lies deeper, a student named."""
    first = {entry.path.parts[0] for entry in entries}
    own = len(first) == 1 and all(len(entry.path.parts) > 1 for entry in entries)  # one folder around everything
    return [_of(entry, name, own) for entry in entries]


def _of(entry: Entry, name: str, own: bool) -> Handed:
    parts, path = entry.path.parts, str(entry.path)
    if entry.path.is_absolute() or ".." in parts:
        return Handed("", path, entry)
    if match := MOODLE.fullmatch(path):
        return Handed(match["who"], match["file"], entry, match["id"])
    if match := CANVAS.fullmatch("/".join(parts[own:])):
        return Handed(match["who"], match["file"], entry, match["id"], stable=True, late=bool(match["late"]))
    if own and len(parts) > 2 and parts[1] != name:
        parts = parts[1:]
    if len(parts) > 2 and parts[1] == name:  # nbgrader's own STUDENT/NAME/NAME.ipynb
        parts = (parts[0], *parts[2:])
    return Handed(parts[0] if len(parts) > 1 else "", "/".join(parts[1:]) or path, entry, f"{parts[0]}/")


def told_apart(files: list[Handed]) -> list[Handed]:
    """Two people of one name get their platform's numbers behind it; in a tree of folders they cannot be told apart."""
    numbers: dict[str, set[str]] = defaultdict(set)
    for handed in files:
        numbers[handed.student].add(handed.number)
    return [replace(handed, stable=True) if len(numbers[handed.student]) > 1 and handed.number.isdigit() else handed
            for handed in files]


def _take(course: Course, name: str, student: str, files: list[Handed], replacing: bool) -> Taken:
    if len({handed.number for handed in files}) > 1:
        raise SubmissionError(f"two folders have this name: {', '.join(sorted({handed.number for handed in files}))}")
    chosen, notes = _chosen(files, name)
    if chosen.entry.problem:
        raise SubmissionError(f"{chosen.entry.path.name}: {chosen.entry.problem}")
    data = chosen.entry.read()
    if chosen.late:
        notes.append("Canvas calls it late")
    status, why = _placed(course.submitted / student / name, f"{name}.ipynb", data, chosen.entry.when, replacing)
    return Taken(student, status, "; ".join([*([why] if why else []), *notes]))


def _chosen(files: list[Handed], name: str) -> tuple[Handed, list[str]]:
    """The notebook that counts: the assignment's name before others, a later one before an earlier."""
    notebooks = [handed for handed in files if handed.file.lower().endswith(".ipynb")]
    if not notebooks:
        raise SubmissionError(f"no notebook, but {', '.join(sorted(handed.file for handed in files))[:200]}")
    named = [handed for handed in notebooks if AGAIN.sub("", PurePosixPath(handed.file).name) == name]
    if not named and len(notebooks) > 1:
        raise SubmissionError(f"several notebooks, none called {name}.ipynb: "
                         f"{', '.join(sorted(handed.file for handed in notebooks))[:200]}")
    newest = max(named or notebooks, key=lambda handed: (-handed.file.count("/"), _seconds(handed.entry.when),
                                                         _copy(handed.file)))
    notes = [] if named else [f"it was called {newest.file}"]
    if len(named) > 1:
        notes.append(f"{newest.file} is the newest of {len(named)}")
    return newest, notes


def _seconds(when: datetime | None) -> float:
    return when.timestamp() if when else 0.0


def _copy(file: str) -> int:
    found = AGAIN.search(file)
    return int(re.sub(r"\D", "", found[1] or "") or 0) if found else 0


def _placed(folder: Path, filename: str, data: bytes, when: datetime | None, replacing: bool) -> tuple[str, str]:
    """Write the notebook, then its time: an interruption between the two is mended by collecting again."""
    path, before = folder / filename, timestamp(folder)
    exists = path.is_file()
    if exists:
        same = path.read_bytes() == data
        if same and (when is None or when == before):
            return "unchanged", ""
        if not replacing and when and before and when < before:
            return "kept", f"what is here is newer ({before:%Y-%m-%d %H:%M} UTC)"
        if not replacing and not same and not (when and before):
            return "kept", "another one is here, and no time tells which is newer; --replace takes this one"
    folder.mkdir(parents=True, exist_ok=True)
    _write(path, data)
    if when:
        _write(folder / "timestamp.txt", f"{when:%Y-%m-%d %H:%M:%S} UTC\n".encode())
    else:
        (folder / "timestamp.txt").unlink(missing_ok=True)
    return ("replaced", "") if exists else ("new", "")


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)

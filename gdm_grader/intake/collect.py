"""Intake: from what a learning platform hands out to nbgrader's submitted/STUDENT/NAME/NOTEBOOK.ipynb."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import InputError, SubmissionError
from gdm_grader.intake import ledger as ledgers
from gdm_grader.intake.archive import open_archive
from gdm_grader.intake.ledger import Upload
from gdm_grader.intake.names.handed import FOLDERS, Handed
from gdm_grader.intake.names.layouts import OVERVIEW, handed_in
from gdm_grader.intake.remarks import Sheets, left_out
from gdm_grader.intake.roster.people import CANVAS_BLIND, Teams
from gdm_grader.intake.roster.roster import Roster
from gdm_grader.intake.submission import notebook_of
from gdm_grader.intake.times import TIMESTAMP_FILE, read_timestamp, text_of, times_in, timestamp
from gdm_grader.intake.whose import chosen_each, is_anonymous, placed

STATUSES = ("new", "replaced", "unchanged", "kept", "ignored", "refused")
NOT_TAKEN = ("kept", "refused")  # somebody should look at these
EXCHANGE_SECRET_FILE = "submission_secret.txt"  # `nbgrader submit` writes it beside the notebook
EXCHANGE_SECRET = re.compile(r"[0-9A-Za-z]{16,200}")


@dataclass(frozen=True)
class Taken:
    """The outcome for one student's files; `status` is one of STATUSES. With `by_name` nothing but the name says that
    it is the same student's as that of another assignment."""

    student: str
    status: str
    why: str | None = None
    by_name: bool = False


@dataclass(frozen=True)
class Intake:
    """The settings of an intake: `dry` writes nothing.

    `replacing` takes what is given where nothing tells that it is newer.
    `roster` says when each student handed in, in `zone`, by default this machine's; `teams` who is in a team.
    """

    replacing: bool = False
    dry: bool = False
    roster: Roster | None = None
    zone: tzinfo | None = None
    teams: Teams | None = None


def collect(course: Course, name: str, source: Path, how: Intake | None = None) -> list[Taken]:
    """Take every student's newest notebook; whoever cannot be taken is named with a reason, the class goes on."""
    how = how or Intake()
    course.source(name)
    if course.demonstration_mark.exists():
        raise InputError(f"Expected a folder for real students, but {course.classroom} holds the demonstration class. "
                         "Name another one with --class, or with GDM_CLASS in the environment.")
    ledger = ledgers.load(course.classroom)
    taken: list[Taken] = []
    with open_archive(source) as entries:
        files, others = _of_assignment(handed_in(entries, name, course.notebooks(name)), name)
        taken += others
        found = placed(files, name, ledger, how.roster)
        students = found.students
        taken += map(_refused, found.nameless)
        taken += _still_anonymous(course, name, files, students, ledger.of(name))
        times = _listed(how, name, students, ledger.of(name))
        refused = ledger.refused.setdefault(name, {})
        sheets = Sheets(course, name)
        if not how.dry:
            ledgers.save(course.classroom, ledger)  # whose folder is whose, before anything is put into one
        for student, handed in sorted(students.items()):
            try:
                one = _take(course, name, student, handed, how, ledger.of(name), times.get(student), sheets)
                refused.pop(student, None)
            except (SubmissionError, OSError) as error:
                one = Taken(student, "refused", str(error))
                known = ledger.of(name).get(student)
                if known is None or max(file.upload for file in handed) >= known.upload:
                    refused[student] = str(error)
            said = "; ".join(filter(None, (found.remarks.get(student), one.why)))
            taken.append(replace(one, why=said or None, by_name=student in found.by_name))
        if not how.dry:
            ledgers.save(course.classroom, ledger)
    if not taken:
        raise InputError(f"Expected submissions in {source}, named as Canvas or Moodle names them or in folders "
                         f"STUDENT/{name}.ipynb; found none.")
    return taken


def _of_assignment(files: list[Handed], name: str) -> tuple[list[Handed], list[Taken]]:
    """nbgrader's exchange holds the attempts of all assignments."""
    others: dict[str, int] = defaultdict(int)
    for handed in files:
        if handed.assignment not in (None, name):
            others[handed.assignment] += 1
    own = [handed for handed in files if handed.assignment in (None, name)]
    return own, [Taken(other, "ignored", f"{count} files of another assignment") for other, count in others.items()]


def _refused(handed: Handed) -> Taken:
    """A file that is nobody's."""
    if handed.platform == "brightspace" and handed.file == OVERVIEW:
        return Taken(str(handed.entry.path), "ignored")
    why = handed.entry.problem or "no student's name can be read from its path"
    return Taken(str(handed.entry.path), "refused", why)


def _still_anonymous(course: Course, name: str, files: list[Handed], students: Mapping[str, list[Handed]],
                     uploads: Mapping[str, Upload]) -> list[Taken]:
    """Once Canvas shows names: the folders without one that no upload of this zip tells the person of."""
    if not any(handed.platform == "canvas" and handed.who != CANVAS_BLIND for handed in files):
        return []
    taken = []
    for folder in sorted(uploads):
        here = folder not in students and (course.submitted / folder / name).is_dir()
        if here and is_anonymous(folder, uploads[folder]):
            why = ("none of the uploads in this zip, which has names: whoever it is handed in again, and is among the "
                   f"new, or is not in it. Remove submitted/{folder}/{name} once you know; until then it counts as a "
                   "further student")
            taken.append(Taken(folder, "kept", why))
    return taken


def _listed(how: Intake, name: str, students: Mapping[str, list[Handed]], uploads: Mapping[str, Upload]
            ) -> dict[str, datetime]:
    """The times of handing in that the roster has."""
    if how.roster is None:
        return {}
    known = {student: Upload(files[0].platform, _alphanumeric(files[0].number))
             for student, files in students.items()}
    return times_in(how.roster, name, students, {**uploads, **known}, how.zone, how.teams)


def _alphanumeric(number: str | None) -> str | None:
    return number if number is not None and number.isalnum() else None


def _take(course: Course, name: str, student: str, files: list[Handed], how: Intake, uploads: dict[str, Upload],
          when: datetime | None, sheets: Sheets) -> Taken:
    folders = {handed.number or "" for handed in files}
    if len(folders) > 1:
        raise SubmissionError(f"two folders have this name: {', '.join(sorted(folders))}")
    found, notes = chosen_each(files, course.notebooks(name))
    data: dict[str, bytes] = {}
    read: list[NotebookNode] = []
    for notebook, one in found.items():
        if one.entry.problem:
            raise SubmissionError(f"{one.entry.path.name}: {one.entry.problem}")
        data[f"{notebook}.ipynb"] = one.entry.read()
        read.append(notebook_of(data[f"{notebook}.ipynb"], PurePosixPath(one.file).name))
    best = max(found.values(), key=lambda one: one.upload)
    if best.late and when is None:
        notes.append("Canvas calls it late")
    when = when or _own_time(best, files, how.zone)
    if best.zone and when is None:
        notes.append(f"its time is in {best.zone}, which may be several zones: --zone, such as Europe/Berlin, tells")
    notes += sheets.another(read) + left_out(course, name, [one for one in files if one not in found.values()])
    if how.roster is not None and when is None:
        notes.append(f"no time of handing in in {how.roster.path.name}")
    number = None if best.platform in (FOLDERS, "github") else best.number
    digest = ledgers.digest_of(b"".join(data.values()))
    prefix = best.prefix or _exchange_secret(best, files)
    now = Upload(best.platform, number, best.late, best.upload, prefix, digest)
    status, why = _decided(course.submitted / student / name, data, when, now, uploads.get(student), how.replacing)
    if not how.dry:
        _written(course.submitted / student / name, data, status, when)
        uploads[student] = _remembered(uploads.get(student), now, status)
    return Taken(student, status, "; ".join(filter(None, [why, *notes])) or None)


def _exchange_secret(best: Handed, files: list[Handed]) -> str | None:
    """Return what nbgrader's exchange knows this attempt's feedback by; None where nothing there can be that."""
    folder = best.entry.path.parent
    for one in files:
        if best.platform == "exchange" and one.entry.path == folder / EXCHANGE_SECRET_FILE and not one.entry.problem:
            text = one.entry.read().decode("ascii", "replace").strip()
            return text if EXCHANGE_SECRET.fullmatch(text) else None
    return None


def _own_time(best: Handed, files: list[Handed], zone: tzinfo | None) -> datetime | None:
    """Return the time in the name, else in a timestamp.txt beside the notebook, where the student did not put it."""
    if best.when is not None:
        when = best.when
        if when.tzinfo is None:
            when = when.replace(tzinfo=zone) if zone else when.astimezone()
        return when if best.zone in (None, when.tzname()) else None
    if best.platform != FOLDERS:
        return None
    place = PurePosixPath(best.file).parent
    beside = [one for one in files if PurePosixPath(one.file) == place / TIMESTAMP_FILE and not one.entry.problem]
    return read_timestamp(beside[0].entry.read()) if beside else None


def _decided(folder: Path, data: Mapping[str, bytes], when: datetime | None, now: Upload, known: Upload | None,
             replacing: bool) -> tuple[str, str | None]:
    """The status, and why. Contents are compared; what is older by its time or its number stays out.

    `data` are the notebooks' contents by their file's name.
    """
    before = timestamp(folder)
    here = {path.name: path.read_bytes() for path in map(folder.joinpath, data) if path.is_file()}
    if not here:
        return "new", None
    if here == data:
        return "unchanged", None
    if replacing:
        return "replaced", None
    if when and before and when < before:
        return "kept", f"what is here is newer ({before:%Y-%m-%d %H:%M} UTC)"
    if when and before:
        return "replaced", None
    if known and now.upload and now.upload < known.upload:
        return "kept", "what is here was uploaded later"
    if known and now.digest in known.earlier:
        return "kept", "it was here before, and was replaced since; --replace takes it again"
    if now.platform == FOLDERS:
        return "kept", "another one is here, and no time tells which is newer; --replace takes this one"
    return "replaced", None


def _remembered(known: Upload | None, now: Upload, status: str) -> Upload:
    if known is None or status == "new":
        return now
    if status == "kept":
        return known
    earlier = [*known.earlier, known.digest] if known.digest and known.digest != now.digest else known.earlier
    return replace(now, earlier=[digest for digest in earlier if digest != now.digest])


def _written(folder: Path, data: Mapping[str, bytes], status: str, when: datetime | None) -> None:
    """Write the notebooks, then their time: an interruption between the two is mended by collecting again."""
    if status == "kept":
        return
    folder.mkdir(parents=True, exist_ok=True)
    if status in ("new", "replaced"):
        for filename, content in data.items():
            whole.write(folder / filename, content)
    if when and timestamp(folder) != when.replace(microsecond=0):
        whole.write(folder / TIMESTAMP_FILE, text_of(when.astimezone(UTC)))
    elif not when and status == "replaced":
        (folder / TIMESTAMP_FILE).unlink(missing_ok=True)

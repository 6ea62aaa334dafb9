"""Feedback on its way back: in the form that Moodle and Canvas take, nbgrader's tree, or a folder for a mail merge.

Moodle (feedback files) knows a student again by "NAME_NUMBER_assignsubmission_file_", Canvas (re-upload submissions)
by the first two numbers of a file's name, the person's and the upload's: importziplib.php, and assignment.rb of Canvas.
"""

import csv
import io
import re
import shlex
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import InputError
from gdm_grader.feedback.page import book
from gdm_grader.intake import ledger
from gdm_grader.intake.clean import defused
from gdm_grader.intake.collect import EXCHANGE_SECRET, EXCHANGE_SECRET_FILE
from gdm_grader.intake.ledger import Upload
from gdm_grader.intake.roster.people import Teams, match
from gdm_grader.intake.roster.roster import Roster
from gdm_grader.intake.times import TIMESTAMP_FILE, text_of, timestamp
from gdm_grader.records.points import counted
from gdm_grader.reports.formats import Target

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # of a zip's entries: the same class gives the same bytes
MAX_SECRET_BYTES = 300
COLUMNS = ("student", "name", "email", "points", "file")


@dataclass
class Returned:
    """The place of the feedback, the number of students, and those for whom it could not be put there."""

    path: Path
    students: int
    complaints: list[str]


def send_back(course: Course, name: str, target: Target, roster: Roster | None = None, teams: Teams | None = None
              ) -> Returned:
    """Write everyone's page in the form of `target`, below <class>/export."""
    notebooks = set(course.notebooks(name))
    pages: dict[str, list[Path]] = {}
    for student in course.students(name):
        own = [path for path in sorted((course.feedback / student / name).glob("*.html")) if path.stem in notebooks]
        if own:
            pages[student] = own
    if not pages:
        raise InputError(f"Expected feedback in {course.feedback}, found none. Run `gdm grade {name}` first.")
    if book_of(course) is None and (course.root / "book").is_dir():
        raise InputError("Expected to know where the book is published, so that the links of the feedback lead there. "
                         f"Say it once: `gdm feedback {name} --book https://.../book`.")
    if target is Target.NBGRADER:
        return _tree(course, name, pages)
    if target is Target.MAIL:
        return _mail(course, name, pages, roster, teams)
    return _zipped(course, name, target, pages)


def book_of(course: Course) -> str | None:
    """The address of the published book, set in nbgrader_config.py, for the class or in _config.yml; else None."""
    return course.config().Summary.get("book") or book(course)


def _zipped(course: Course, name: str, target: Target, pages: dict[str, list[Path]]) -> Returned:
    uploads = ledger.load(course.classroom).of(name)
    path = _folder(course) / f"{name}-feedback-{target}.zip"
    complaints = []
    with whole.replacing(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, own in pages.items():
            prefix = _prefix(target, uploads.get(student))
            if prefix is None:
                complaints.append(f"{student}: not collected from {str(target).title()}, which would not know the file")
                continue
            for page in own:
                entry = zipfile.ZipInfo(f"{prefix}{page.name}", ZIP_EPOCH)
                archive.writestr(entry, page.read_bytes(), zipfile.ZIP_DEFLATED)
    return Returned(path, len(pages) - len(complaints), complaints)


def _prefix(target: Target, upload: Upload | None) -> str | None:
    """The prefix by which the platform's import knows the student; None where it did not name the upload."""
    if upload is None or upload.platform != str(target) or upload.prefix is None:
        return None
    if target is Target.MOODLE:
        return upload.prefix
    # Canvas takes the first two parts that are numbers: none may stand before the person's.
    who = re.sub(r"\d+", "", upload.prefix.partition(f"_{upload.number}_")[0].replace("_", "")) or "student"
    return f"{who}_{upload.number}_{upload.upload}_" if upload.upload else None


def _tree(course: Course, name: str, pages: dict[str, list[Path]]) -> Returned:
    """Put beside each page in <class>/feedback what `nbgrader release_feedback` reads there: time and secret.

    The secret came with the submission, in its folder (`nbgrader collect`) or in the ledger (`gdm collect`).
    """
    uploads, others = ledger.load(course.classroom).of(name), []
    for student in pages:
        folder, submitted = course.feedback / student / name, course.submitted / student / name
        when, secret = timestamp(submitted), _exchange_secret(submitted, uploads.get(student))
        if when is None or secret is None:
            others.append(student)
            continue
        whole.write(folder / TIMESTAMP_FILE, text_of(when))
        whole.write(folder / EXCHANGE_SECRET_FILE, secret)
    complaints = [f"{student}: not collected from nbgrader's exchange, so the page cannot go back there"
                  for student in others]
    return Returned(course.feedback, len(pages) - len(others), complaints + _without(others, name))


def _without(students: list[str], name: str) -> list[str]:
    """Say how nbgrader releases the feedback without some students; it takes one list, with commas between."""
    if not students:
        return []
    divided = [student for student in students if "," in student]
    if divided:
        return [f"`nbgrader release_feedback {name}` cannot leave out a student with a comma in the name: move "
                f"{', '.join(divided)} out of the folder of the feedback first."]
    option = shlex.quote(f"--CourseDirectory.student_id_exclude={','.join(students)}")
    return [f"Release the feedback without them: nbgrader release_feedback {name} {option}"]


def _exchange_secret(submitted: Path, upload: Upload | None) -> str | None:
    path = submitted / EXCHANGE_SECRET_FILE
    text = upload.prefix if upload is not None and upload.platform == "exchange" else None
    if text is None and path.is_file() and not path.is_symlink():
        text = path.read_bytes()[:MAX_SECRET_BYTES].decode("ascii", "replace").strip()
    return text if text is not None and EXCHANGE_SECRET.fullmatch(text) else None


def _mail(course: Course, name: str, pages: dict[str, list[Path]], roster: Roster | None, teams: Teams | None
          ) -> Returned:
    """One folder with everyone's pages, and a table with a line a person: who gets which, with what points."""
    if roster is None:
        raise InputError("Expected --roster, the class with its addresses as Canvas or Moodle exports it.")
    folder = _folder(course) / f"{name}-feedback-mail"
    stage = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(stage, ignore_errors=True)  # of a command that was killed
    stage.mkdir(parents=True)
    found = match(pages, roster, ledger.load(course.classroom).of(name), teams)
    points, complaints, lines = counted(course, name), list(found.complaints), []
    for person, student in sorted(found.owners.items()):
        row = roster.people[person]
        address = next((value.strip() for value in row.values if re.fullmatch(r"\S+@\S+", value.strip())), "")
        if not address:
            complaints.append(f"{student}: the roster has no address of {roster.name_of(row)}")
            continue
        files = [f"{student}.html" if len(pages[student]) == 1 else f"{student}-{page.name}" for page in pages[student]]
        for page, file in zip(pages[student], files, strict=True):
            shutil.copyfile(page, stage / file)
        lines.append((student, roster.name_of(row), address, f"{points.get(student, 0.0):g}", "; ".join(files)))
    _write_table(stage / "mail.csv", lines)
    whole.put_folder(stage, folder)
    return Returned(folder, len(lines), complaints)


def _write_table(path: Path, lines: Iterable[tuple[str, ...]]) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([defused(value) for value in line])
    whole.write(path, table.getvalue())


def _folder(course: Course) -> Path:
    folder = course.classroom / "export"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""nbgrader's exchange, GitHub Classroom, and what people put together by hand; none of these takes grades back, so
what is read is the table that an instructor gets."""

import csv
import hashlib
import io
from pathlib import Path

from tools.platforms import HandIn, Person


def exchange(folder: Path, hand_ins: list[HandIn], name: str) -> Path:
    """inbound/ of nbgrader: a folder an attempt."""
    for one in hand_ins:
        place = folder / f"{one.person.login}+{name}+{one.when:%Y-%m-%d %H:%M:%S}.123456 UTC+5af3c0"
        place.mkdir(parents=True)
        (place / "timestamp.txt").write_text(f"{one.when:%Y-%m-%d %H:%M:%S}.123456 UTC")
        (place / "submission_secret.txt").write_text(secret_of(one))
        for filename, data in one.files.items():
            (place / filename).write_bytes(data)
    return folder


def secret_of(one: HandIn) -> str:
    """Return the secret of an attempt, by which its feedback finds the way back; nbgrader draws it at random."""
    return hashlib.sha512(f"{one.person.login} {one.when}".encode()).hexdigest()


def github(folder: Path, hand_ins: list[HandIn], name: str) -> Path:
    """Write what `gh classroom clone student-repos` leaves: SLUG-submissions/SLUG-USER, each with the starter code."""
    for one in hand_ins:
        place = folder / f"{name}-submissions" / f"{name}-{one.person.login}"
        (place / ".git").mkdir(parents=True)
        (place / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        (place / "README.md").write_text("# Tiny\n")
        for filename, data in one.files.items():
            (place / filename).write_bytes(data)
    return folder


def write_classroom_roster(path: Path, people: list[Person]) -> Path:
    """classroom_roster.csv, the roster of GitHub Classroom; who never linked an account has none."""
    lines = [["identifier", "github_username", "github_id", "name"]]
    lines += [[person.full_name, person.login, str(90 + person.number), ""] for person in people]
    return _table(path, lines)


def write_classroom_grades(path: Path, hand_ins: list[HandIn], name: str) -> Path:
    """Download grades of GitHub Classroom: with the times of the last push."""
    lines = [["assignment_name", "assignment_url", "starter_code_url", "github_username", "roster_identifier",
              "student_repository_name", "student_repository_url", "submission_timestamp", "points_awarded",
              "points_available"]]
    for one in hand_ins:
        repository = f"{name}-{one.person.login}"
        lines.append([name, "https://classroom.example/a", "", one.person.login, one.person.full_name, repository,
                      f"https://git.example/{repository}", f"{one.when:%Y-%m-%d %H:%M:%S} UTC", "0", "0"])
    return _table(path, lines)


def write_list(path: Path, people: list[Person]) -> Path:
    """A list that somebody keeps by hand."""
    return _table(path, [["Name", "Login"], *([person.full_name, person.login] for person in people)])


def write_times(path: Path, hand_ins: list[HandIn]) -> Path:
    """A list of times that somebody keeps by hand."""
    return _table(path, [["Login", "submitted_at"], *([one.person.login, f"{one.when:%Y-%m-%d %H:%M}"]
                                                       for one in hand_ins)])


def column(path: Path, key: str, name: str) -> dict[str, str]:
    """A column of a table by another one."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row[key]: row[name] for row in csv.DictReader(file)}


def flat(folder: Path, hand_ins: list[HandIn], name: str) -> Path:
    folder.mkdir(parents=True)
    for one in hand_ins:
        (folder / f"{one.person.login}.ipynb").write_bytes(next(iter(one.files.values())))
    return folder


def _table(path: Path, lines: list[list[str]]) -> Path:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    path.write_bytes(buffer.getvalue().encode())
    return path

"""Canvas: names of lib/content_zipper.rb, the gradebook of lib/gradebook_exporter.rb, what lib/gradebook_importer.rb
and infer_comment_context_from_filename of assignment.rb make of a file."""

import csv
import io
import re
from pathlib import Path

from tools.platforms import DOWNLOADED, HandIn, Person, write_zip


def file_name(one: HandIn, name: str, upload: int, anonymous: bool = False) -> str:
    user = re.sub(r"_(\d+)_", r"\1", one.person.team or one.person.sortable_name).lower()
    parts = [None if anonymous else user, "LATE" if one.late else None,
             f"anon_{anonymous_id(one.person)}" if anonymous else str(one.person.number)]
    start = re.sub(r"[^\w]", "", "_".join(part for part in parts if part))
    return f"{start}_{upload}_" + re.sub(r'[\x00/\\:*?"<>|]+', "_", name)


def anonymous_id(person: Person) -> str:
    return f"aB{person.number % 1000:03}"


def write_submissions(path: Path, hand_ins: list[HandIn], anonymous: bool = False, downloaded=DOWNLOADED) -> Path:
    entries = {}
    for one in hand_ins:
        for place, (name, data) in enumerate(one.files.items()):
            entries[file_name(one, name, one.upload + place, anonymous)] = data
    return write_zip(path, entries, downloaded)


def write_gradebook(path: Path, people: list[Person], title: str = "Tiny (4711)", marks: dict[int, str] | None = None,
                    encoding: str = "utf-8-sig", separator: str = ",", two_names: bool = False, possible: str = "5"
                    ) -> Path:
    """`marks` are what stands there already, by the person's number."""
    names = ["LastName", "FirstName"] if two_names else ["Student"]
    empty = [""] * (len(names) - 1)
    lines = [[*names, "ID", "SIS User ID", "SIS Login ID", "Section", title, "Other (4712)", "Final Score"],
             ["", *empty, "", "", "", "", "Manual Posting", "", ""],
             ["    Points Possible", *empty, "", "", "", "", possible, "10", "(read only)"]]
    for person in people:
        name = [person.last, person.first] if two_names else [person.sortable_name]
        lines.append([*name, str(person.number), f"sis{person.number}", person.email, "A",
                      (marks or {}).get(person.number, ""), "7.25", "88"])
    lines.append(["Student, Test", *empty, "", "", "f00", "A", "", "", ""])
    if two_names:
        lines[-1] = ["Student", "Test", "", "", "f00", "A", "", "", ""]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\n").writerows(lines)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def write_submission_list(path: Path, hand_ins: list[HandIn]) -> Path:
    """A submissions export, such as the API's as a table: `id` is the submission's, times are in UTC."""
    lines = [["id", "user_id", "assignment_id", "submitted_at", "late", "workflow_state"]]
    for place, one in enumerate(hand_ins):
        lines.append([str(1000 + place), str(one.person.number), "4711", f"{one.when:%Y-%m-%dT%H:%M:%SZ}",
                      str(one.late).lower(), "submitted"])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    path.write_bytes(buffer.getvalue().encode())
    return path


def write_groups(path: Path, people: list[Person]) -> Path:
    """The CSV of a group set: everybody of the course, who is in no group with empty cells (group_categories)."""
    teams = sorted({person.team for person in people} - {""})
    lines = [["name", "canvas_user_id", "user_id", "login_id", "sections", "group_name", "canvas_group_id", "group_id"]]
    for person in people:
        number = str(900 + teams.index(person.team)) if person.team else ""
        lines.append([person.sortable_name, str(person.number), f"sis{person.number}", person.email, "A", person.team,
                      number, ""])
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    path.write_bytes(buffer.getvalue().encode())
    return path


def imported(path: Path, title: str, encoding: str = "utf-8-sig", separator: str = ",") -> dict[int, str]:
    """The grade of each person after the import; what would be a new assignment or a new student is an error."""
    rows = [row for row in csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=separator) if row]
    header = rows[0]
    first_names = header[:2] == ["LastName", "FirstName"]
    assert ("Student" in header[0] and header[1] == "ID") or first_names, "Invalid header row"
    assert title in header, "a new assignment"
    assert not [name for name in header if name and not re.search(r"\(\d+\)|Score", name)
                and name not in ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Section")]
    column, number = header.index(title), header.index("ID")
    grades = {}
    for row in rows[1:]:
        notes = all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row)
        if "Points Possible" in row[0]:
            assert row[column] == "5", "the points possible of the assignment are changed"
        elif not notes and row[number]:
            grades[int(row[number])] = row[column].replace(",", ".")
    return grades


def feedback_for(name: str, hand_ins: list[HandIn]) -> Person | None:
    """Whose submission a re-uploaded file is put beside; None if it is ignored."""
    numbers = [int(part) for part in name.split("_") if re.fullmatch(r"\d+", part)][:2]
    if len(numbers) < 2:
        return None
    for one in hand_ins:
        if one.person.number == numbers[0] and one.upload <= numbers[1] < one.upload + len(one.files):
            return one.person
    return None

"""Moodle: names of mod/assign/locallib.php, the grading worksheet of the grading table, what importgradeslib.php and
importziplib.php make of a file."""

import csv
import io
import re
from datetime import datetime
from pathlib import Path

from tools.platforms import DOWNLOADED, HandIn, Person, write_zip

HEADERS = {
    "en": ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
           "Last modified (submission)", "Last modified (grade)", "Feedback comments"],
    "de": ["ID", "Vollständiger Name", "E-Mail-Adresse", "Status", "Bewertung", "Bestwertung",
           "Bewertung kann geändert werden", "Zuletzt geändert (Abgabe)", "Zuletzt geändert (Bewertung)",
           "Feedback als Kommentar"],
    "xx": [f"Header {place}" for place in range(10)],
}
PARTICIPANT = {"en": "Participant ", "de": "Teilnehmer/in", "xx": "Person "}
UNLOCKED = {"de": ("Ja", "Nein")}
DAYS = {"de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]}
MONTHS = {"de": ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
                 "November", "Dezember"]}


def write_submissions(path: Path, hand_ins: list[HandIn], folders: bool = True, text: bool = False,
                      blind: bool = False, downloaded=DOWNLOADED) -> Path:
    """With `text` everyone wrote an online text, too; `blind` is an assignment without names."""
    entries = {}
    for one in hand_ins:
        who = (one.person.team or one.person.full_name).replace("_", " ")
        start = clean_filename(f"{'Participant' if blind else who}_{one.person.number}_assignsubmission_")
        for name, data in one.files.items():
            entries[f"{start}file{'/' if folders else '_'}{name}"] = data
        if text:
            entries[f"{start}onlinetext{'/' if folders else '_'}onlinetext.html"] = b"<p>See the file.</p>"
    return write_zip(path, entries, downloaded)


def clean_filename(name: str) -> str:
    """PARAM_FILE of moodlelib.php."""
    return re.sub(r"""[\x00-\x1f\x7f&<>"`|':\\/]""", "", name)


def written_time(when: datetime | None, language: str) -> str:
    if when is None:
        return "-"
    if language == "de":
        return f"{DAYS['de'][when.weekday()]}, {when.day}. {MONTHS['de'][when.month - 1]} {when:%Y, %H:%M}"
    return f"{when:%A, %d %B %Y, %I:%M %p}"


def write_worksheet(path: Path, people: list[Person], times: dict[int, datetime], language: str = "en",
                    most: str = "6.00", marks: dict[int, str] | None = None, encoding: str = "utf-8",
                    separator: str = ",", comments: dict[int, str] | None = None, blind: bool = False,
                    locked: tuple[int, ...] = ()) -> Path:
    """`locked` are people whose grade is locked in the gradebook; with `blind` there are no names and addresses."""
    lines = [list(HEADERS[language])]
    for person in people:
        when = times.get(person.number)
        lines.append([f"{PARTICIPANT[language]}{person.number}", person.full_name, person.email,
                      "Submitted" if when else "No submission", (marks or {}).get(person.number, ""), most,
                      UNLOCKED.get(language, ("Yes", "No"))[person.number in locked],
                      written_time(when, language), "-", (comments or {}).get(person.number, "")])
    if any(person.team for person in people):
        for place, line in enumerate(lines):
            line.insert(4, "Group" if place == 0 else people[place - 1].team)
    if blind:
        lines = [[line[0], *line[3:]] for line in lines]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(lines)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def imported(path: Path, language: str = "en", encoding: str = "utf-8", separator: str = ",") -> dict[int, str]:
    """The grade of each person after the import: by the headers of its language, without what is out of range or
    locked."""
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding)), delimiter=separator))
    own = HEADERS[language]
    identifier, grade, most, unlocked, modified = (rows[0].index(own[place]) for place in (0, 4, 5, 6, 8))
    assert modified > most
    grades = {}
    for row in rows[1:]:
        number = int(row[identifier].removeprefix(PARTICIPANT[language]))
        value = row[grade].replace(",", ".")
        out_of_range = value and float(value) > float(row[most].replace(",", "."))
        grades[number] = "" if out_of_range or row[unlocked] in ("No", "Nein") else value
    return grades


def feedback_for(name: str, people: list[Person]) -> Person | None:
    """Whose feedback a file of the zip becomes; None if it is ignored."""
    parts = name.split("/")[0].split("_", 4)
    if len(parts) < 4 or not re.fullmatch(r"\d+", parts[1]) or parts[2:4] != ["assignsubmission", "file"]:
        return None
    return next((person for person in people if person.number == int(parts[1])), None)

"""A class as a platform lists it: which platform wrote the file, what its columns mean, who a row is.

Canvas knows its columns by English names. Moodle writes its headers in the teacher's language: where a name is not
known, the form of what stands below and the order of the columns tell, which are the same in every language.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from gdm_grader.errors import InputError
from gdm_grader.intake.roster import titles
from gdm_grader.intake.roster.dates import read_time
from gdm_grader.intake.roster.headers import KNOWN
from gdm_grader.intake.roster.sheet import Row, Sheet, read
from gdm_grader.intake.roster.titles import NUMBER

CANVAS = "canvas"
WORKSHEET = "moodle worksheet"
GRADES = "moodle grades"
BLACKBOARD = "blackboard"
BRIGHTSPACE = "brightspace"
OTHER = "other"

POSSIBLE = "Points Possible"
# The columns of Canvas that say who it is: gradebook_importer.rb of canvas-lms.
CANVAS_PEOPLE = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID",
                 "Root Account", "Section")
CANVAS_TOTALS = re.compile(r"(Unposted )?(Current|Final|Override) (Score|Points|Grade|Status)\b")
PARTICIPANT = re.compile(r"[^\d\s][^\d]*\d+")  # Moodle's Identifier: "Participant 101", "Teilnehmer/in101"
MAX_ROW_CHARS = 100  # of a row in an error
END_OF_LINE = "End-of-Line Indicator"  # the last column that Brightspace writes


@dataclass
class Roster:
    """A list of the class. `columns` maps a meaning to the place of its column; `people` are the rows of persons."""

    path: Path
    sheet: Sheet
    kind: str
    columns: dict[str, int]
    people: list[Row]

    def value(self, row: Row, meaning: str) -> str:
        return row.value(self.columns.get(meaning)).strip()

    @property
    def comma(self) -> bool:
        """Return whether its numbers have a decimal comma: more of them than have a point. Where none has either,
        semicolons between cells say so: a spreadsheet writes them where the comma is decimal."""
        commas = points = 0
        for value in chain.from_iterable(row.values for row in self.sheet.rows):
            commas += bool(re.fullmatch(r"-?\d+,\d+", value.strip()))
            points += bool(re.fullmatch(r"-?\d+\.\d+", value.strip()))
        return commas > points or (commas == points == 0 and self.sheet.separator == ";")

    def full_name(self, row: Row) -> str:
        """Return the person's name; "" where the list has no names."""
        return self.value(row, "name") or f"{self.value(row, 'first')} {self.value(row, 'last')}".strip()

    def name_of(self, row: Row) -> str:
        """Return the name by which the row's person is shown; without one what else says who it is."""
        others = (self.value(row, meaning) for meaning in ("email", "identifier", "login", "sis", "number"))
        return self.full_name(row) or next((one for one in others if one), "somebody")


def read_roster(path: Path) -> Roster:
    """Read a list of the class; InputError where nothing in it says who anybody is."""
    sheet = read(path)
    _refuse_shifted_rows(sheet, path)
    header = [" ".join(name.replace("\ufeff", "").split()) for name in sheet.header]
    kind = _kind(header, sheet)
    people = [row for row in sheet.rows[1:] if _is_person(row, kind)]
    columns = _columns(header, people, kind)
    who = ("number", "identifier", "sis", "login", "email", "name", "first", "last")
    if not any(columns.get(meaning) is not None for meaning in who) or not people:
        raise InputError(f"Expected {path} to list the class as Canvas (Grades, Export) or Moodle (grading worksheet, "
                         f"or grade export) writes it; its columns are {', '.join(header) or 'none'}, and none says "
                         "who anybody is.")
    return Roster(path, sheet, kind, columns, people)


def _refuse_shifted_rows(sheet: Sheet, path: Path) -> None:
    """A row with more cells than the header has a separator too many somewhere: its cells are not what they seem."""
    for number, row in enumerate(sheet.rows, 1):
        beyond = [value.strip() for value in row.values[len(sheet.header):]]
        if any(beyond):
            raise InputError(f"Expected at most {len(sheet.header)} cells in each row of {path}, as in its header, but "
                             f"row {number} has {len(row.values)}: {', '.join(row.values)[:MAX_ROW_CHARS]}. A "
                             f"{sheet.separator!r} in a cell asks for quotation marks around it; mend the row, or "
                             "export the file again.")


def _kind(header: list[str], sheet: Sheet) -> str:
    names = header[:3]
    if {"ID", "Section"} <= set(header) and ("Student" in names or {"LastName", "FirstName"} <= set(names)):
        return CANVAS
    if END_OF_LINE in header or "OrgDefinedId" in header:
        return BRIGHTSPACE
    if any(titles.BLACKBOARD_HEADER.fullmatch(name) for name in header):
        return BLACKBOARD
    first = [row.value(0).strip() for row in sheet.rows[1:] if any(row.values)]
    if first and all(PARTICIPANT.fullmatch(value) for value in first) and len(header) > 2:
        return WORKSHEET
    lower = {name.lower() for name in header}
    if lower.intersection(KNOWN["first"]) and lower.intersection(KNOWN["last"]):
        return GRADES
    return OTHER


def _is_person(row: Row, kind: str) -> bool:
    """Not an empty line, and none of those that Canvas puts below its header."""
    if not any(value.strip() for value in row.values):
        return False
    if kind != CANVAS:
        return True
    notes = all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", value, re.IGNORECASE) for value in row.values)
    return not notes and POSSIBLE not in row.value(0)


def possible_row(roster: Roster) -> Row | None:
    """Canvas's line of the points that each assignment gives."""
    return next((row for row in roster.sheet.rows[1:] if POSSIBLE in row.value(0)), None)


def _columns(header: list[str], people: list[Row], kind: str) -> dict[str, int]:
    lower = [name.lower() for name in header]
    found: dict[str, int] = {}
    for meaning, names in KNOWN.items():
        places = [lower.index(name) for name in names if name in lower]
        if places:
            found[meaning] = places[0]
    if kind != WORKSHEET:
        for meaning in ("identifier", "grade", "most", "open"):
            found.pop(meaning, None)
    if kind in (WORKSHEET, GRADES):
        found.pop("number", None)
    if kind == CANVAS:
        found.update({meaning: header.index(name) for meaning, name in
                      (("number", "ID"), ("last", "LastName"), ("first", "FirstName")) if name in header})
    elif kind == WORKSHEET:
        _by_form(header, people, found)
    elif kind in (GRADES, OTHER):
        _email_by_form(header, people, found)
        unnamed = not {"name", "first", "last", "login"}.intersection(found)
        if unnamed and found.get("email", 0) >= 2 and not {0, 1}.intersection(found.values()):
            found.update({"first": 0, "last": 1})  # Moodle's grade export in a language that we do not know
    return found


def _by_form(header: list[str], people: list[Row], found: dict[str, int]) -> None:
    """The worksheet's columns by their order: identifier, name, ..., grade, maximum, may be changed, submitted, ...,
    marked, comments. The maximum is a number, the same in each row, and nothing but grades stand left of it."""
    found["identifier"] = 0
    if "most" not in found or "grade" not in found:
        for place in range(2, len(header)):
            values = {row.value(place).strip() for row in people}
            before = [row.value(place - 1).strip() for row in people]
            empty_or_number = all(value in ("", "-") or NUMBER.fullmatch(value) for value in before)
            if len(values) == 1 and NUMBER.fullmatch(next(iter(values))) and empty_or_number:
                found["most"], found["grade"] = place, place - 1
                break
    _email_by_form(header, people, found)
    if "name" not in found and not _is_blind(people, found):
        found["name"] = 1
    if "submitted" not in found and "most" in found:
        for place in range(found["most"] + 1, len(header)):
            times = [row.value(place).strip() for row in people]
            filled = [value for value in times if value not in ("", "-")]
            if filled and all(read_time(value) for value in filled):
                found["submitted"] = place
                break
    if "open" not in found and "most" in found:
        found["open"] = found.get("submitted", found["most"] + 2) - 1


def _is_blind(people: list[Row], found: dict[str, int]) -> bool:
    """Return whether Moodle hides the names: behind the identifier comes the status, which many share."""
    behind = [row.value(1) for row in people]
    return "email" not in found and (found.get("grade") == 2 or len(set(behind)) < len(behind))


def _email_by_form(header: list[str], people: list[Row], found: dict[str, int]) -> None:
    """The first column that holds addresses and nothing else."""
    if "email" in found:
        return
    for place in range(len(header)):
        addresses = [row.value(place) for row in people]
        if any("@" in value for value in addresses) and all("@" in value or not value for value in addresses):
            found["email"] = place
            return


def folder_name(name: str) -> str:
    """A name as a folder's: letters with their marks, digits and . _ @ - alone."""
    signs = []
    for sign in unicodedata.normalize("NFC", name):
        category = unicodedata.category(sign)
        if category == "Cf":  # joins letters or changes the reading direction; not every platform keeps it
            continue
        keeps = category[0] in "LMN" or sign in "_.@-"
        signs.append(sign if keeps else " ")
    return "-".join("".join(signs).split()).strip("-.")


def folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()


def squeezed(text: str) -> str:
    """A name without anything between its letters: platforms drop apostrophes, blanks and dots from names of files."""
    return re.sub(r"[\W_]", "", folded(text))


def accounts_of(roster: Roster, row: Row) -> set[str]:
    """The numbers, names of login and addresses that a platform gave this person, who did not choose them."""
    # Brightspace puts # before a number and a name, so that no spreadsheet changes them.
    exact = [roster.value(row, meaning).removeprefix("#") for meaning in ("number", "sis", "login", "email")]
    exact += [address.split("@")[0] for address in exact if "@" in address]
    exact += [folder_name(one) for one in exact]
    identifier = re.search(r"\d+$", roster.value(row, "identifier"))
    if identifier:
        exact.append(identifier[0])
    return {folded(key) for key in exact} - {""}


def keys_of(roster: Roster, row: Row) -> set[str]:
    """By what a student's folder can be known to be this person's: accounts, and names in each way to write them."""
    first, last, full = (roster.value(row, meaning) for meaning in ("first", "last", "name"))
    names = [folder_name(full), folder_name(f"{first} {last}"),
             squeezed(full), squeezed(last + first), squeezed(first + last)]
    if "," in full:  # Canvas's "Doe, Jane"
        before, _, behind = full.partition(",")
        names += [folder_name(f"{behind.strip()} {before.strip()}"), squeezed(behind + before)]
    return accounts_of(roster, row) | ({folded(key) for key in names} - {""})

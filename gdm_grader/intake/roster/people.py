"""Match students' folders with the people of the class: by the platform's number, else by names; teams with members."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gdm_grader.errors import InputError
from gdm_grader.intake.roster.roster import CANVAS, WORKSHEET, Roster, folded, keys_of, plain
from gdm_grader.intake.roster.sheet import read

BLIND = ("participant", "anon")
Teams = Mapping[str, Iterable[str]]  # a team's name, and its members as the list of the class knows them


@dataclass
class Matched:
    """`owners` maps a person's place in the roster to the folder that is theirs, or their team's; `complaints` name
    whom nobody fits; `remarks` what should be looked at."""

    owners: dict[int, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def match(students: Iterable[str], roster: Roster, uploads: Mapping[str, Any], teams: Teams | None = None
          ) -> Matched:
    """Find each folder's person. Who is not certain is named and left out: nobody gets another's grade.

    `uploads` say of a student the `platform`, and the `number` that it gave the person.
    """
    keys = [keys_of(roster, row) for row in roster.people]
    members = _members(roster, keys, teams or {})
    found = Matched()
    several: dict[int, list[str]] = {}
    for student in students:
        team = next((name for name in members if _is_team(student, name)), None)
        if team is not None:
            places = members[team]
            if not places:
                found.complaints.append(f"{student}: nobody of the roster is in this team; not exported")
        else:
            places = _places(student, roster, keys, uploads.get(student), found)
        for place in places:
            several.setdefault(place, []).append(student)
    for place, folders in several.items():
        if len(folders) == 1:
            found.owners[place] = folders[0]
        else:
            found.complaints.append(f"{', '.join(folders)}: the same person of the roster; not exported")
    return found


def read_teams(path: Path) -> dict[str, list[str]]:
    """Two columns, a line a member: the team and who is in it. A line of headers may stand above, and Canvas's own
    list of groups does as well."""
    sheet = read(path)
    header = [folded(name) for name in sheet.header]
    if "group_name" in header:
        team, member = header.index("group_name"), header.index("canvas_user_id" if "canvas_user_id" in header
                                                                else "user_id")
        rows = sheet.rows[1:]
    else:
        team, member, rows = 0, 1, sheet.rows
        if header[:2] and header[0] in ("team", "group", "gruppe", "groupe", "grupo"):
            rows = rows[1:]
    found: dict[str, list[str]] = {}
    for row in rows:
        name, who = row.value(team).strip(), row.value(member).strip()
        if name and who:
            found.setdefault(name, []).append(who)
    if not found:
        raise InputError(f"Expected two columns in {path}, the team and a member in each line; found none.")
    return found


def _members(roster: Roster, keys: list[set[str]], teams: Teams) -> dict[str, list[int]]:
    """By team: the places of its members in the roster."""
    found: dict[str, list[int]] = {}
    for place, row in enumerate(roster.people):
        name = roster.value(row, "team")
        if name:
            found.setdefault(name, []).append(place)
    for name, people in teams.items():
        wanted = set(map(folded, people)) | {folded(plain(person)) for person in people}
        found[name] = [place for place, known in enumerate(keys) if wanted & known]
    return found


def _is_team(student: str, team: str) -> bool:
    who, _, number = student.rpartition("_")
    names = {folded(student), folded(who)} if number.isdigit() else {folded(student)}
    return bool(names & {folded(plain(team)), folded(re.sub(r"\W", "", team))})


def _places(student: str, roster: Roster, keys: list[set[str]], upload: Any, found: Matched) -> list[int]:
    """The one place that fits, or none; `found` says why."""
    by_number = _by_number(roster, upload)
    if len(by_number) == 1:
        if _name_fits(student, upload, keys[by_number[0]], roster.name_of(roster.people[by_number[0]])):
            return by_number
        person = roster.name_of(roster.people[by_number[0]])
        if roster.kind == CANVAS:
            found.remarks.append(f"{student}: by its number {person}; if it is a team, say who is in it with --teams")
            return by_number
        found.complaints.append(f"{student}: its number is that of {person} in the roster, which may be another "
                                "assignment's; not exported")
        return []
    who, _, number = folded(student).rpartition("_")
    places: list[int] = []
    for token in dict.fromkeys((folded(student), number, who)):
        places = [place for place, known in enumerate(keys) if token and token in known]
        if places:
            break
    if len(places) == 1:
        return places
    found.complaints.append(f"{student}: {'several people' if places else 'nobody'} of the roster; not exported")
    return []


def _by_number(roster: Roster, upload: Any) -> list[int]:
    """By the number that the platform wrote into the upload's name, where the roster has that platform's numbers."""
    if upload is None or not upload.number:
        return []
    if upload.platform == "moodle" and roster.kind == WORKSHEET:
        return [place for place, row in enumerate(roster.people)
                if re.search(r"\d*$", roster.value(row, "identifier"))[0] == upload.number]  # type: ignore[index]
    if upload.platform == "canvas":
        meaning = "number" if upload.number.isdigit() and "number" in roster.columns else "login"
        return [place for place, row in enumerate(roster.people) if roster.value(row, meaning) == upload.number]
    return []


def _name_fits(student: str, upload: Any, keys: set[str], name: str) -> bool:
    """Return whether the folder's name is the person's; where names are hidden, the number alone says it."""
    who = folded(student)
    if upload and upload.number:
        who = who.removesuffix(f"_{folded(upload.number)}")
    if who in BLIND or not who or not name.strip():
        return True
    # Moodle may put a group before the name: "Group A-Jane Doe".
    shown = folded(plain(name))
    return who in keys or re.sub(r"[\W_]", "", who) in keys or who.endswith(f"-{shown}") or shown == who

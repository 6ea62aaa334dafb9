"""Match students' folders with the people of the class: by the platform's number, else by names; teams with members."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gdm_grader.errors import InputError
from gdm_grader.intake.roster.headers import KNOWN
from gdm_grader.intake.roster.roster import (
    CANVAS,
    WORKSHEET,
    Roster,
    accounts_of,
    folded,
    folder_name,
    keys_of,
    squeezed,
)
from gdm_grader.intake.roster.sheet import Row, read

CANVAS_BLIND = "anon"  # the name of everybody whose name Canvas hides
BLIND = ("participant", CANVAS_BLIND)
BY_LOGIN = ("exchange", "blackboard", "github")  # where a student's folder is called like their account
# The columns of a list of groups that say who is in one; the first that is there counts.
MEMBERS = ("canvas_user_id", "github_username", "user_id", "login_id", "name")
SURE = ("number", "identifier", "sis", "login", "email")  # meanings that tell people of one name apart
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
        its_teams = [name for name in members if _is_team(student, name)]
        if its_teams:
            places = members[its_teams[0]] if len(its_teams) == 1 else []
            if len(its_teams) > 1:
                found.complaints.append(f"{student}: may be {' or '.join(its_teams)}, whose names are alike; "
                                        "not exported")
            elif not places:
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
    """Two columns, a line a member: the team and who is in it. A line of headers may stand above; Canvas's own list of
    groups does as well, and that of GitHub Classroom."""
    sheet = read(path)
    header = [folded(name) for name in sheet.header]
    places = [header.index(name) for name in MEMBERS if name in header]
    if "group_name" in header and places:
        team, member, rows = header.index("group_name"), places[0], sheet.rows[1:]
    else:
        team, member, rows = 0, 1, sheet.rows
        if header[0] in KNOWN["team"]:
            rows = rows[1:]
    found: dict[str, list[str]] = {}
    for row in rows:
        name, who = row.value(team).strip(), row.value(member).strip()
        if name and who and who not in found.setdefault(name, []):
            found[name].append(who)
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
        wanted = set(map(folded, people)) | {folded(folder_name(person)) for person in people}
        found[name] = [place for place, known in enumerate(keys) if wanted & known]
    return found


def _is_team(student: str, team: str) -> bool:
    who, _, number = student.rpartition("_")
    names = {squeezed(student), squeezed(who)} if number.isalnum() and who else {squeezed(student)}
    return squeezed(team) in names


def _places(student: str, roster: Roster, keys: list[set[str]], upload: Any, found: Matched) -> list[int]:
    """The one place that fits, or none; `found` says why."""
    numbered = by_number(roster, upload)
    if numbered and (len(numbered) == 1 or _one_person(roster, numbered)):
        if _name_fits(student, upload, keys[numbered[0]], roster, roster.people[numbered[0]]):
            return numbered
        person = roster.name_of(roster.people[numbered[0]])
        if upload.platform == "canvas":  # which numbers people once, Moodle in each assignment anew
            found.remarks.append(f"{student}: by its number {person}; if it is a team, say who is in it with --teams")
            return numbered
        found.complaints.append(f"{student}: its number is that of {person} in the roster, which may be another "
                                "assignment's; not exported")
        return []
    if upload is not None and upload.platform in BY_LOGIN:
        # Whoever calls themselves like somebody's login is still not the one whose account it is.
        accounts = [place for place, row in enumerate(roster.people) if folded(student) in accounts_of(roster, row)]
        if len(accounts) == 1:
            return accounts
    places: list[int] = []
    for token in _tokens(student, roster, upload):
        places = [place for place, known in enumerate(keys) if token and token in known]
        if places:
            break
    if len(places) == 1 or _one_person(roster, places):
        return places
    found.complaints.append(f"{student}: {'several people' if places else 'nobody'} of the roster; not exported")
    return []


def _one_person(roster: Roster, places: list[int]) -> bool:
    """Return whether these lines are the same person, who stands there again: by number, name of login or address."""
    first = roster.people[places[0]] if places else Row([], [], "")
    shared = [meaning for meaning in SURE if roster.value(first, meaning)]
    for place in places[1:]:
        shared = [one for one in shared if roster.value(first, one) == roster.value(roster.people[place], one)]
    return bool(shared) and all(roster.full_name(roster.people[place]) == roster.full_name(first) for place in places)


def _tokens(student: str, roster: Roster, upload: Any) -> list[str]:
    """By what a folder's person is looked for, the surest first. The number behind a name is a person's for the
    platform that wrote it; in another's list it may be somebody else's."""
    who, _, number = folded(student).rpartition("_")
    numbered = bool(who) and number.isdigit()
    platform = None if upload is None else upload.platform
    its_own = {CANVAS: (None, "canvas"), WORKSHEET: (None,)}.get(roster.kind, ())
    tokens = [folded(student)]
    if numbered and platform in its_own:
        tokens.append(number)
    if numbered or who in BLIND:
        tokens.append(who)
    return [*tokens, squeezed(student), *([squeezed(who)] if numbered else [])]


def by_number(roster: Roster, upload: Any) -> list[int]:
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


def _name_fits(student: str, upload: Any, keys: set[str], roster: Roster, row: Row) -> bool:
    """Return whether the folder's name is the person's; where names are hidden, the number alone says it."""
    who, name = folded(student), roster.full_name(row)
    if upload and upload.number:
        who = who.removesuffix(f"_{folded(upload.number)}")
    # Moodle hides a name behind its word for a participant, with which the identifier begins.
    hidden = squeezed(re.sub(r"\d+$", "", roster.value(row, "identifier")))
    # What came in from Canvas without a name keeps its folder when Canvas shows the name.
    blind = who in BLIND or re.fullmatch(rf"{CANVAS_BLIND}_[a-z0-9]+", who) is not None
    if blind or not who or not name.strip() or squeezed(who) == hidden:
        return True
    # Moodle may put a group before the name: "Group A-Jane Doe".
    return who in keys or squeezed(who) in keys or squeezed(who).endswith(squeezed(name))

"""Whose folder a file goes into, and which of a student's files counts.

Who has a folder keeps it, and people of one name do not share one.

Canvas and Brightspace number people once, Moodle anew for each assignment: between two of its assignments a person is
known by the address in the grading worksheet, or by name alone, which is said.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import PurePosixPath

from gdm_grader.errors import SubmissionError
from gdm_grader.intake.ledger import Ledger, Upload
from gdm_grader.intake.names.handed import FOLDERS, Handed
from gdm_grader.intake.names.meant import AGAIN, COPY, ENDING, meant, number_in
from gdm_grader.intake.roster.people import CANVAS_BLIND, by_number
from gdm_grader.intake.roster.roster import Roster, folded, folder_name, squeezed
from gdm_grader.intake.roster.sheet import Row

MAX_STUDENT_CHARS = 100  # of a student's folder; nbgrader's gradebook takes 128
MAX_STUDENT_BYTES = 200  # of the same; a file's name may have 255, and some begin with a student's


@dataclass
class Placed:
    """By folder the files of each student; the files of nobody; what is to be said of a folder; the folders that were
    found by a name alone."""

    students: dict[str, list[Handed]] = field(default_factory=lambda: defaultdict(list))
    nameless: list[Handed] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)
    by_name: set[str] = field(default_factory=set)


def placed(files: list[Handed], name: str, ledger: Ledger, roster: Roster | None = None) -> Placed:
    """Find each file's folder; the ledger learns whose number is which folder.

    Two people of one name get the platform's number after it; the one who came first keeps the name
    alone.
    """
    namesakes: dict[str, set[str | None]] = defaultdict(set)
    for handed in files:
        namesakes[folder_name(handed.who)].add(handed.number)
    found = Placed()
    held = _held_in_canvas(files, ledger.of(name), found)
    for handed in files:
        if handed.platform == "canvas" and handed.number in held:
            student = held[handed.number]
        else:
            student = _folder_of(handed, name, ledger, len(namesakes[folder_name(handed.who)]) > 1, roster, found)
        size = len(student.encode())
        if not student:
            found.nameless.append(handed)
        elif size > MAX_STUDENT_BYTES or len(student) > MAX_STUDENT_CHARS:
            why = (f"the student's name is too long for a folder: {len(student)} characters, {size} bytes; at most "
                   f"{MAX_STUDENT_CHARS}, {MAX_STUDENT_BYTES}")
            found.nameless.append(replace(handed, entry=replace(handed.entry, problem=why)))
        else:
            found.students[student].append(handed)
    return found


def _held_in_canvas(files: list[Handed], uploads: Mapping[str, Upload], found: Placed) -> dict[str, str]:
    """By Canvas's number of a person the folder that holds their work of this assignment.

    Canvas hides names behind numbers of its own, until it shows them; an upload keeps its number, so it tells who an
    anonymous folder belongs to.
    """
    of_canvas = {folder: upload for folder, upload in uploads.items() if upload.platform == "canvas"}
    held = {upload.number: folder for folder, upload in of_canvas.items() if upload.number}
    folders = {upload.upload: folder for folder, upload in of_canvas.items()}
    for handed in files:
        folder = folders.get(handed.upload) if handed.platform == "canvas" and handed.upload else None
        blind = handed.who == CANVAS_BLIND
        if folder and handed.number and handed.number not in held and is_anonymous(folder, uploads[folder]) != blind:
            held[handed.number] = folder
            shown = _numbered(handed)
            found.remarks[folder] = f"{shown} in this zip, by the number of the upload; what {folder} has stays with it"
    return held


def is_anonymous(folder: str, upload: Upload) -> bool:
    """Return whether this folder's upload came from Canvas without a name."""
    return upload.platform == "canvas" and folder == f"{CANVAS_BLIND}_{upload.number}"


def _folder_of(handed: Handed, name: str, ledger: Ledger, namesake: bool, roster: Roster | None, found: Placed) -> str:
    simple = folder_name(handed.who)
    if not handed.number or handed.platform in (FOLDERS, "github"):
        return simple
    if handed.platform == "moodle":
        return _of_moodle(handed, name, ledger, namesake, roster, found)
    key = f"{handed.platform} {handed.number}"
    if key not in ledger.people:
        alone = not (handed.numbered or namesake or _is_held(simple, handed.platform, ledger))
        ledger.people[key] = simple if alone else _numbered(handed)
    return ledger.people[key]


def _numbered(handed: Handed) -> str:
    return f"{folder_name(handed.who)}_{handed.number or ''}".lstrip("_")


def _is_held(folder: str, scope: str, ledger: Ledger) -> bool:
    """Return whether somebody of this scope has the folder."""
    return any(ledger.people[other] == folder for other in ledger.people if _scope(other) == scope)


def _scope(key: str) -> str:
    return key.rpartition(" ")[0]


def _of_moodle(handed: Handed, name: str, ledger: Ledger, namesake: bool, roster: Roster | None, found: Placed) -> str:
    scope = f"moodle {name}"
    key = f"{scope} {handed.number}"
    address, alike = _in_list(roster, handed)
    before = ledger.people.get(key, "")
    others = _addresses(before, scope, ledger)
    if before and address and others and address not in others:
        # It came in by its name alone, and only now the worksheet says that the folder is somebody else's.
        del ledger.people[key]
        ledger.of(name).pop(before, None)
        found.remarks[_numbered(handed)] = (f"by its address not the {before} of other assignments; remove "
                                            f"submitted/{before}/{name}, which is this person's")
    elif not before:
        namesake = namesake or _is_held(folder_name(handed.who), scope, ledger)
    if key not in ledger.people:
        ledger.people[key] = _numbered(handed) if before else _new_folder(handed, scope, ledger, namesake, address,
                                                                          alike, found)
    student = ledger.people[key]
    if address:
        ledger.addresses[key] = address
    elif any(ledger.people[other] == student for other in _of_other_assignments(scope, ledger)):
        found.by_name.add(student)
    return student


def _new_folder(handed: Handed, scope: str, ledger: Ledger, namesake: bool, address: str, alike: int, found: Placed
                ) -> str:
    """The folder of somebody whose number is new: that of another assignment if it is certainly the same person, or
    if nothing speaks against it; else one of their own."""
    simple, numbered = folder_name(handed.who), _numbered(handed)
    own = re.compile(rf"{re.escape(simple)}(_\d+)?")
    earlier = sorted({ledger.people[key] for key in _of_other_assignments(scope, ledger)
                      if own.fullmatch(ledger.people[key])})
    known = {folder: _addresses(folder, scope, ledger) for folder in earlier}
    same = [folder for folder in earlier if address in known[folder]]
    if same:
        return same[0]
    if handed.numbered:
        return numbered
    if not earlier:
        return numbered if namesake else simple
    possible = [folder for folder in earlier if not (address and known[folder])]
    if len(earlier) == len(possible) == 1 and alike < 2 and not namesake:
        return earlier[0]
    if possible:
        found.remarks[numbered] = (f"a folder of its own: it may be the {' or the '.join(possible)} of other "
                                   "assignments; Moodle's grading worksheets of all of them, as --roster, tell")
    else:
        found.remarks[numbered] = f"a folder of its own: by its address not the {' or the '.join(earlier)} of others"
    return numbered


def _of_other_assignments(scope: str, ledger: Ledger) -> list[str]:
    return [key for key in ledger.people if key.startswith("moodle ") and _scope(key) != scope]


def _addresses(folder: str, scope: str, ledger: Ledger) -> set[str]:
    """Return the addresses by which the worksheets of other assignments know the person of this folder."""
    keys = [key for key in _of_other_assignments(scope, ledger) if ledger.people[key] == folder]
    return {ledger.addresses[key] for key in keys if key in ledger.addresses}


def _in_list(roster: Roster | None, handed: Handed) -> tuple[str, int]:
    """The person's address in the list of the class, "" if it is not known, and how many have the name there."""
    if roster is None:
        return "", 0
    who = squeezed(handed.who)
    by_name: dict[str, Row] = {}
    for row in roster.people:
        if squeezed(roster.full_name(row)) == who:
            by_name[_address(roster, row) or roster.value(row, "identifier")] = row
    own = [roster.people[place] for place in by_number(roster, handed)]
    own = [row for row in own if who.endswith(squeezed(roster.full_name(row)))]
    if not own and len(by_name) == 1:
        own = list(by_name.values())
    return _address(roster, own[0]) if own else "", len(by_name)


def _address(roster: Roster, row: Row) -> str:
    values = (folded(roster.value(row, meaning)) for meaning in ("email", "sis", "login"))
    return next((value for value in values if value), "")


def chosen_each(files: list[Handed], names: list[str]) -> tuple[dict[str, Handed], list[str]]:
    """The file that counts for each of an assignment's notebooks, by the notebook's name; those that are missing are
    noted. SubmissionError if there is none at all."""
    if len(names) == 1:
        best, notes = chosen(files, names[0])
        return {names[0]: best}, notes
    notebooks, notes = _newest([handed for handed in files if ENDING.search(handed.file)])
    found: dict[str, Handed] = {}
    for name in names:
        named = [handed for handed in notebooks if _is_for(handed, name, names)]
        if named:
            found[name] = max(named, key=_rank)
        else:
            notes.append(f"no {name}.ipynb")
    if not found:
        raise SubmissionError(f"none of {', '.join(f'{name}.ipynb' for name in names)}, but "
                              f"{', '.join(sorted(handed.file for handed in files))[:200]}")
    return found, notes


def chosen(files: list[Handed], name: str) -> tuple[Handed, list[str]]:
    """The newest upload; of its notebooks the one nearest to the top with the assignment's name, and of these the one
    with the highest number behind it; a copy comes after what it is a copy of. The notes say if there was a choice."""
    notebooks = [handed for handed in files if ENDING.search(handed.file)]
    if not notebooks:
        problems = [handed.entry.problem for handed in files if handed.entry.problem]
        said = f" ({problems[0]})" if problems else ""
        raise SubmissionError(f"no notebook, but {', '.join(sorted(handed.file for handed in files))[:200]}{said}")
    notebooks, notes = _newest(notebooks)
    named = [handed for handed in notebooks if _stem(handed) == _folded(name)]
    proper = [handed for handed in notebooks if handed.file.lower().endswith(".ipynb")]
    if not named and len(proper) == 1:
        notebooks = proper
    if not named and len(notebooks) > 1:
        raise SubmissionError(f"several notebooks, none called {name}.ipynb: "
                              f"{', '.join(sorted(handed.file for handed in notebooks))[:200]}")
    best = max(named or notebooks, key=_rank)
    if not named or PurePosixPath(best.file).name.casefold() != f"{name}.ipynb".casefold():
        notes.append(f"it was called {PurePosixPath(best.file).name}")
    if len(named) > 1:
        notes.append(f"{best.file} taken of {len(named)}: {', '.join(sorted(one.file for one in named))[:200]}")
    return best, notes


def _newest(notebooks: list[Handed]) -> tuple[list[Handed], list[str]]:
    """The files of the newest attempt, and a note if there were several."""
    # Of one platform all times are in one zone, or say theirs; somebody may forge one that does otherwise.
    times = [one.when if one.when is None or one.when.tzinfo else one.when.replace(tzinfo=UTC) for one in notebooks]
    known = {when for when in times if when}
    if len(known) < 2:
        return notebooks, []
    newest = max(known)
    return [one for one, when in zip(notebooks, times, strict=True) if when == newest], [
        f"the newest of {len(known)} attempts"]


def _is_for(handed: Handed, name: str, names: list[str]) -> bool:
    """Tell if a file is this one of the notebooks: "part-2" may be a notebook's name, or a second upload of "part"."""
    stem = ENDING.sub("", PurePosixPath(handed.file).name).casefold()
    if stem in map(str.casefold, names):
        return stem == name.casefold()
    return _stem(handed) == _folded(name)


def _rank(handed: Handed) -> tuple[int, int, int, int, bool, list[tuple[str, int]]]:
    stem = ENDING.sub("", PurePosixPath(handed.file).name)
    again = AGAIN.search(stem)
    number = number_in(again["browser"] or again["platform"]) if again else 0
    deep = len([part for part in PurePosixPath(handed.file).parts if not part.lower().endswith(".zip")])
    proper = handed.file.lower().endswith(".ipynb")
    return (-deep, -int(bool(COPY.search(stem))), number, handed.upload, proper, _natural(handed.file))


def _natural(path: str) -> list[tuple[str, int]]:
    """By what a path is sorted so that Version 10 comes after Version 9."""
    return [(text, number_in(digits or "0")) for text, digits in re.findall(r"(\D*)(\d*)", path)]


def _stem(handed: Handed) -> str:
    return _folded(meant(PurePosixPath(handed.file).name))


def _folded(stem: str) -> str:
    return re.sub(r"[\W_]+", "", stem).casefold()

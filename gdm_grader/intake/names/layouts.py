"""Read the names of what each platform hands out: whose file it is, which upload, when. One function a platform.

The forms are those of the platforms' own code: content_zipper.rb of Canvas, mod/assign/locallib.php of Moodle,
exchange/submit.py of nbgrader; Blackboard's and Brightspace's are those of their downloads.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from dateutil import parser

from gdm_grader.intake.names.entry import Entry
from gdm_grader.intake.names.folders import in_folders, is_called
from gdm_grader.intake.names.handed import Handed
from gdm_grader.intake.names.meant import meant, number_in
from gdm_grader.intake.roster.dates import read_time, stated
from gdm_grader.intake.roster.people import CANVAS_BLIND

MAX_OUTER_FOLDERS = 3  # folders around everything
MAX_READINGS = 8  # of one name, the first ones: a person's name holds a number or two

# Canvas: doejane_LATE_12345_67890_masks-1.ipynb, and where graders see no names LATE_anon_aB3x9_67890_masks.ipynb
NAMED = re.compile(r"(?P<first>LATE_)?(?P<who>.*?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<then>LATE_)?(?P<upload>\d+)_"
                   r"(?P<file>.+)")
ANONYMOUS = re.compile(r"(?P<first>LATE_)?(?P<who>anon)_(?P<late>LATE_)?(?P<id>[A-Za-z0-9]+)_(?P<then>LATE_)?"
                       r"(?P<upload>\d+)_(?P<file>.+)")
CANVAS_FILE = re.compile(r"(?P<first>LATE_)?(?P<who>.*?)_(?P<late>LATE_)?(?P<id>\d+|(?<=anon_)[A-Za-z0-9]+)_"
                     r"(?P<file>(text|link)\.html)")
# Moodle: Jane Doe_12345_assignsubmission_file_/masks.ipynb, or without folders ..._file_masks.ipynb; a team has no
# number where it is that of everybody without one.
MOODLE = re.compile(r"(?P<who>[^/]*?)(?:_(?P<id>\d+))?_assignsubmission_(?P<kind>[a-z]+)_?/?(?P<file>.*)")
# nbgrader: jdoe+masks+2026-11-20 23:58:01.123456 UTC+5af3c0/masks.ipynb
EXCHANGE_FILE = re.compile(r"(?P<who>[^+/]+)\+(?P<assignment>[^+/]+)\+(?P<when>\d{4}-[^+/]+)(\+[^/]*)?/(?P<file>.+)")
# Blackboard: Masks_jdoe_attempt_2026-11-20-23-58-01_masks.ipynb, and one .txt an attempt
BLACKBOARD_FILE = re.compile(r"(?P<title>.+)_(?P<who>[^_/]+)_attempt_(?P<when>\d{4}(-\d\d){5})"
                        r"(?:_(?P<file>.+)|(?P<log>\.txt))")
# Brightspace: 12345-67890 - Jane Doe - Nov 20, 2026 1158 PM/masks.ipynb, or " - masks.ipynb" instead of a folder
BRIGHTSPACE_FILE = re.compile(r"(?P<id>\d+)-\d+ - (?P<who>[^/]+) - (?P<when>(?:(?! - )[^/])*\b\d{4}\b(?:(?! - )[^/])*)"
                         r"(?:/| - )(?P<file>.+)")
ATTEMPT = "attempt.txt"  # the text that Blackboard adds
OVERVIEW = "index.html"  # Brightspace's own page beside the submissions


def canvas(parts: tuple[str, ...], entry: Entry, name: str) -> Handed | None:
    """A file at the top; a zip that a student uploaded counts as a folder of this name."""
    if len(parts) > 1 and not parts[0].lower().endswith(".zip"):
        return None
    path = "/".join(parts)
    match = ANONYMOUS.fullmatch(path) or CANVAS_FILE.fullmatch(path) or NAMED.fullmatch(path)
    return _of_canvas(match, entry) if match else None


def _of_canvas(match: re.Match[str], entry: Entry) -> Handed:
    found = match.groupdict()
    late = any(found.get(place) for place in ("first", "late", "then"))
    upload = found.get("upload") or ""
    prefix = "_".join(part for part in (found["who"], found["id"], upload) if part)
    return Handed(found["who"], found["file"], entry, "canvas", found["id"], True, late, number_in(upload or "0"),
                  prefix=prefix)


def readings(handed: Handed, parts: tuple[str, ...], name: str) -> list[Handed]:
    """The ways to read a name of Canvas's: a person's name may end in a number, and a file's begin with one."""
    if handed.platform != "canvas" or handed.who == CANVAS_BLIND:
        return [handed]
    path, found = "/".join(parts), []
    for start in islice(re.finditer(r"_(?=(LATE_)?\d+_(LATE_)?\d+_)", parts[0]), MAX_READINGS):
        match = NAMED.fullmatch(path[start.start():])
        if match:
            late = path[:start.start()].startswith("LATE_")
            one = _of_canvas(match, handed.entry)
            who = path[:start.start()].removeprefix("LATE_").removesuffix("_LATE")
            prefix = "_".join((who, one.number or "", str(one.upload)))
            found.append(replace(one, who=who, late=one.late or late, prefix=prefix))
    return found or [handed]


def moodle(parts: tuple[str, ...], entry: Entry, name: str) -> Handed | None:
    """Read a name of Moodle's: a folder for each student, or all files at the top; None for any other."""
    match = MOODLE.fullmatch("/".join(parts))
    if not match:
        return None
    number = match["id"]
    prefix = f"{match['who']}_{number}_assignsubmission_file_" if number else None
    # Who is graded without a name has only the number.
    blind = match["who"] == "Participant"
    return Handed(match["who"], match["file"] or parts[-1], entry, "moodle", number, blind, prefix=prefix)


def exchange(parts: tuple[str, ...], entry: Entry, name: str) -> Handed | None:
    """Read a name of nbgrader's exchange: a folder of student, assignment and time; None for any other.

    Everybody may write in the exchange, under any name: what another account put there is nobody's.
    """
    match = EXCHANGE_FILE.fullmatch("/".join(parts))
    if not match:
        return None
    forged = entry.forged(match["who"])
    if forged:
        return Handed("", match["file"], replace(entry, problem=forged), "exchange", assignment=match["assignment"])
    try:
        when, zone = stated(match["when"])
    except ValueError:
        when, zone = None, None
    return Handed(match["who"], match["file"], entry, "exchange", when=when, zone=zone, assignment=match["assignment"])


def blackboard(parts: tuple[str, ...], entry: Entry, name: str) -> Handed | None:
    """Read a name of Blackboard's; the text that it adds to each attempt becomes attempt.txt. None for any other."""
    match = BLACKBOARD_FILE.fullmatch("/".join(parts))
    if not match:
        return None
    when = datetime.strptime(match["when"], "%Y-%m-%d-%H-%M-%S") if _is_time(match["when"]) else None
    return Handed(match["who"], match["file"] or ATTEMPT, entry, "blackboard", when=when)


def _with_whole_logins(files: list[Handed]) -> list[Handed]:
    """A name of login may hold the sign that stands before it; the text of an attempt says which it is, in its first
    line: Name: Jane Doe (jane_doe)."""
    logins = set()
    for one in files:
        if one.file == ATTEMPT and not one.entry.problem:
            first = one.entry.read().decode("utf-8", "replace").partition("\n")[0]
            said = re.search(r"\(([^()\s/]+)\)\s*$", first)
            if said:
                logins.add(said[1])
    found = []
    for one in files:
        start = one.entry.path.name.partition("_attempt_")[0]
        whole = [login for login in logins if start.endswith(f"_{login}")]
        found.append(replace(one, who=max(whole, key=len)) if whole else one)
    return found


def brightspace(parts: tuple[str, ...], entry: Entry, name: str) -> Handed | None:
    """Read a name of Brightspace's: a folder for each submission, or all files at the top; None for any other."""
    match = BRIGHTSPACE_FILE.fullmatch("/".join(parts))
    if not match:
        return None
    when = re.sub(r"(\d{1,2})(\d\d)( [AP]M)?$", r"\1:\2\3", match["when"])
    return Handed(match["who"], match["file"], entry, "brightspace", match["id"], when=_when(when) or _in_words(when))


PLATFORMS: tuple[Callable[[tuple[str, ...], Entry, str], Handed | None], ...] = (
    exchange, moodle, blackboard, brightspace, canvas)


def handed_in(entries: list[Entry], name: str, notebooks: Sequence[str] = ()) -> list[Handed]:
    """Whose file each is. One platform wrote the whole archive: the one that explains most of its names.

    `notebooks` are those of the assignment, where they are not called like it.
    """
    usable = [entry for entry in entries if not _leads_out(entry)]
    unusable = [Handed("", str(entry.path), entry) for entry in entries if _leads_out(entry)]
    common = _common(usable)
    number_in = [entry for entry in usable if entry.path.name != OVERVIEW]
    best: list[Handed] = []
    for depth in range(min(common, MAX_OUTER_FOLDERS) + 1):
        for platform in PLATFORMS:
            found = [platform(entry.path.parts[depth:], entry, name) for entry in usable]
            known = [one for one in found if one]
            enough = 2 * len(known) > len(number_in)
            if enough and len(known) > len([one for one in best if one.who or one.number]):
                best = [one or Handed("", str(entry.path), entry, platform.__name__)
                        for one, entry in zip(found, usable, strict=True)]
                best = _with_whole_logins(best) if platform is blackboard else _read_alike(best, depth, name)
    return unusable + (best or in_folders(usable, name, notebooks))


def _leads_out(entry: Entry) -> bool:
    return entry.path.is_absolute() or ".." in entry.path.parts


def _read_alike(files: list[Handed], depth: int, name: str) -> list[Handed]:
    """Of several ways to read a name the one whose numbers are as long as those of most of the class can be, and whose
    file is called like the assignment; else the first. A zip has one vote, however many files a student packed."""
    ways = [readings(one, one.entry.path.parts[depth:], name) for one in files]
    at_the_top = {handed.entry.path.parts[depth]: way for handed, way in zip(files, ways, strict=True)}
    lengths: Counter[tuple[int, int]] = Counter()
    for one in at_the_top.values():
        lengths.update({_lengths(way) for way in one})
    return [max(one, key=lambda way: (lengths[_lengths(way)], is_called(meant(way.file), name))) for one in ways]


def _lengths(handed: Handed) -> tuple[int, int]:
    return len(handed.number or ""), len(str(handed.upload))


def _common(entries: list[Entry]) -> int:
    """Return the number of folders that lie around everything."""
    deep = 0
    while entries and all(len(entry.path.parts) > deep + 1 for entry in entries) \
            and len({entry.path.parts[deep] for entry in entries}) == 1:
        deep += 1
    return deep


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return False
    return True


def _in_words(text: str) -> datetime | None:
    """A time with the name of a month in any of the languages that we know, without its zone."""
    when = read_time(text, UTC)
    return when.replace(tzinfo=None) if when else None


def _when(text: str) -> datetime | None:
    try:
        return parser.parse(text)
    except (ValueError, OverflowError):
        return None

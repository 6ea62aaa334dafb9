"""Read whose a file is where no platform named it: folders of students, repositories, files called like students."""

import re
from collections.abc import Sequence

from gdm_grader.intake.names.entry import Entry
from gdm_grader.intake.names.handed import FOLDERS, Handed
from gdm_grader.intake.names.meant import COPY, ENDING, SIGNS, meant

BRANCH = "-(?:main|master)"  # what GitHub puts behind the name of a repository that one downloads as a zip
BETWEEN = " - "  # Google's drives and forms write it between a student and a file


def in_folders(entries: list[Entry], name: str, notebooks: Sequence[str]) -> list[Handed]:
    """STUDENT/NAME.ipynb, nbgrader's STUDENT/NAME/NAME.ipynb, NAME-STUDENT/NAME.ipynb of GitHub Classroom, or a flat
    folder of STUDENT.ipynb. The first folder below the archive's own says who it is: what lies deeper, a student named.
    """
    first = {entry.path.parts[0] for entry in entries}
    flat = [entry for entry in entries if len(entry.path.parts) == 1]
    called = [entry for entry in entries if _fits_any(entry.path.stem, (name, *notebooks))]
    if len(flat) == len(entries) or (len(first) == 1 and all(len(entry.path.parts) == 2 for entry in entries)
                                     and not called):
        return _between(entries, name) or [_of_flat(entry, name) for entry in entries]
    own = len(first) == 1 and not flat  # one folder around everything
    placed = [(entry, _below_the_own(entry.path.parts, name, own)) for entry in entries]
    slug = _slug({parts[0] for _, parts in placed if len(parts) > 1}, first if own else set(), name)
    return [_of_folder(entry, parts, slug) for entry, parts in placed]


def _below_the_own(parts: tuple[str, ...], name: str, own: bool) -> tuple[str, ...]:
    """The path below the student's folder, without the folder of the assignment."""
    if own and parts[0].lower().endswith(".zip") and len(parts) > 3:
        parts = parts[1:]
    if own and len(parts) > 2 and parts[1] != name:
        parts = parts[1:]
    if len(parts) > 2 and parts[1] == name:  # nbgrader's own STUDENT/NAME/NAME.ipynb
        parts = (parts[0], *parts[2:])
    return parts


def _slug(folders: set[str], outer: set[str], name: str) -> re.Pattern[str] | None:
    """Find what GitHub Classroom writes before each student: the assignment's slug, which the folder SLUG-submissions
    around the repositories names, or which ends with the assignment's name. None where not all folders begin so."""
    ways = [re.escape(folder.removesuffix("-submissions")) for folder in outer if folder.endswith("-submissions")]
    for way in (*ways, rf"(?:.*?[-_])??{re.escape(name)}"):
        for branch in (BRANCH, ""):
            slug = re.compile(rf"{way}-(?P<who>.+){branch}(?:\.zip)?", re.IGNORECASE)
            if folders and all(slug.fullmatch(folder) for folder in folders):
                return slug
    return None


def _of_folder(entry: Entry, parts: tuple[str, ...], slug: re.Pattern[str] | None) -> Handed:
    if len(parts) == 1:
        return Handed("", str(entry.path), entry)
    repository = slug.fullmatch(parts[0]) if slug else None
    own = re.sub(r"\.zip$", "", parts[0], flags=re.IGNORECASE)  # jdoe.zip, as it came by mail
    who, platform = (repository["who"], "github") if repository else (own, FOLDERS)
    return Handed(who, "/".join(parts[1:]), entry, platform, parts[0])


def _between(entries: list[Entry], name: str) -> list[Handed]:
    """Jane Doe - masks.ipynb of Google Classroom, masks - Jane Doe.ipynb of Google Forms, where the assignment's name
    shows in most files on which side they stand; none where it does not."""
    if not all(BETWEEN in entry.path.name for entry in entries):
        return []
    before, behind = [], []
    for entry in entries:
        who, _, file = entry.path.name.partition(BETWEEN)
        before.append(Handed(who, file, entry, FOLDERS, who))
        stem, ending = ENDING.sub("", entry.path.name), ENDING.search(entry.path.name)
        file, _, who = stem.rpartition(BETWEEN)
        behind.append(Handed(who, file + (ending[0] if ending else ""), entry, FOLDERS, who))
    for way in (before, behind):
        if 2 * len([one for one in way if is_called(meant(one.file), name)]) > len(way):
            return way
    return []


def _of_flat(entry: Entry, name: str) -> Handed:
    """jdoe.ipynb, or masks_jdoe.ipynb; masks.ipynb alone does not say whose it is."""
    stem = ENDING.sub("", entry.path.name)
    own = COPY.sub("", re.sub(rf"{SIGNS}\(\d+\)$", "", stem))  # "-2" may be a part of a name
    who = re.sub(rf"^{re.escape(name)}[-_ ]+|(?<![-_ ])[-_ ]++{re.escape(name)}$", "", own, flags=re.IGNORECASE)
    if is_called(who, name) or "." not in entry.path.name[1:]:
        who = ""
    # The name says whose it is, so it is the assignment's; what was put after it says which is newer.
    file = entry.path.name.replace(stem, stem.replace(own, name, 1), 1) if who else entry.path.name
    return Handed(who, file, entry, FOLDERS, who or entry.path.name)


def is_called(stem: str, name: str) -> bool:
    return stem.split(".")[0].casefold() == name.casefold()


def _fits_any(stem: str, names: Sequence[str]) -> bool:
    return any(is_called(stem, name) for name in names)

"""The entries of a zip or a folder that students filled: those that are safe to read, and why the others are not.

The times inside a zip are not read: Canvas and Moodle write the time of the download there.
"""

import io
import os
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from gdm_grader.errors import InputError, SubmissionError
from gdm_grader.intake.names.entry import Entry
from gdm_grader.intake.submission import MAX_DEPTH

MAX_FILE_BYTES = 20_000_000  # bytes a file; a notebook that is larger holds data, not answers
MAX_ZIP_BYTES = 500_000_000  # bytes of a zip inside a zip
MAX_FILES = 20_000  # files an archive
TOTAL = 4_000_000_000  # bytes of all files of an archive, unpacked
TOTAL_INSIDE = 1_000_000_000  # the same of a zip inside a zip
MAX_NAME_CHARS = 500  # of a file's path in one zip: what reads names may take the square of their length
MAX_REASON_CHARS = 200  # of an error
MAX_ZIPS_IN_ZIPS = 2  # zips within a zip: the class's, and a student's in it
TOO_MANY = f"its content is refused: with it the zip holds more than {MAX_FILES} files"
NO_FILE = "it is a link or a device, not a file"
NOISE = {"__MACOSX", ".ipynb_checkpoints", ".git", ".DS_Store", "Thumbs.db", "desktop.ini"}


@contextmanager
def open_archive(source: Path) -> Iterator[list[Entry]]:
    """The entries of a zip or a folder; a zip in it counts as a folder. An entry is read when it is asked for."""
    if source.is_dir():
        yield _opened(list(_in_folder(source)))
        return
    if not zipfile.is_zipfile(source):
        raise InputError(f"Expected a zip or a folder of submissions, {source} is neither.")
    try:
        archive = zipfile.ZipFile(source)
        entries = _in_zip(archive.infolist(), partial(_unpacked, archive), TOTAL)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"Expected a zip, but {source.name} cannot be read as one: {_said(error)}.") from None
    with archive:
        yield _opened(entries)


class OpenZips:
    """The zips within a zip, each of which lies in memory as a whole: no more than the last ones are kept."""

    def __init__(self) -> None:
        self._open: list[tuple[Entry, zipfile.ZipFile]] = []

    def of(self, entry: Entry) -> zipfile.ZipFile:
        """Return the zip that this entry is."""
        for known, archive in self._open:
            if known is entry:
                return archive
        archive = zipfile.ZipFile(io.BytesIO(entry.read()))
        self._open = [*self._open, (entry, archive)][-MAX_ZIPS_IN_ZIPS:]  # reading it may have opened the one around it
        return archive

    def unpacked(self, entry: Entry, info: zipfile.ZipInfo) -> bytes:
        """Return a file of the zip that this entry is."""
        return _unpacked(self.of(entry), info)


def is_noise(path: PurePosixPath) -> bool:
    """Return whether an operating system or an editor left this there."""
    return bool(NOISE.intersection(path.parts)) or path.name.startswith("._")


def _opened(entries: list[Entry]) -> list[Entry]:
    """The entries without noise; those of a zip among them take its place, below its name.

    A zip that holds too many files is refused, and nothing else: a student packed it.
    """
    wanted = [entry for entry in entries if not is_noise(entry.path)]
    if len(wanted) > MAX_FILES:
        raise InputError(f"Expected at most {MAX_FILES} files in the zip, found {len(wanted)}. Split it.")
    zips = OpenZips()
    parts = [_inside(entry, zips, MAX_ZIPS_IN_ZIPS) if _is_zip(entry) else [entry] for entry in wanted]
    found: list[Entry] = []
    room = MAX_FILES - len(parts)
    for number in sorted(range(len(parts)), key=lambda number: len(parts[number])):  # the largest is refused first
        room -= len(parts[number]) - 1
        if room < 0:
            parts[number] = [replace(wanted[number], problem=TOO_MANY)]
    for part in parts:
        found += part
    return found


def _is_zip(entry: Entry) -> bool:
    return entry.path.suffix.lower() == ".zip" and not entry.problem


def _inside(entry: Entry, zips: OpenZips, depth: int) -> list[Entry]:
    """The entries of a zip within a zip, and of `depth` - 1 further ones; or itself, and why it is refused."""
    try:
        inner = _in_zip(zips.of(entry).infolist(), partial(zips.unpacked, entry), TOTAL_INSIDE)
    except SubmissionError as error:
        return [replace(entry, problem=str(error))]
    except InputError as error:
        return [replace(entry, problem=f"its content is refused: {error}")]
    except Exception as error:
        return [replace(entry, problem=f"it cannot be read as a zip ({_said(error)})")]
    found: list[Entry] = []
    for one in inner:
        # A path that leads out stays as it is, and its owner is named by the zip that holds it.
        moved = replace(one, path=entry.path / _below(one.path))
        if is_noise(moved.path):
            continue
        found += _inside(moved, zips, depth - 1) if depth > 1 and _is_zip(moved) else [moved]
        if len(found) > MAX_FILES:
            return [replace(entry, problem=TOO_MANY)]
    return found or [replace(entry, problem="the zip is empty")]


def _below(path: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(*[part for part in path.parts if part not in ("/", "..")])


def _in_zip(listed: list[zipfile.ZipInfo], read: Callable[[zipfile.ZipInfo], bytes], most: int) -> list[Entry]:
    """The entries of what a zip lists; InputError if they are too many, or more than `most` bytes together."""
    infos = [info for info in listed if not info.filename.endswith(("/", "\\"))]
    if len(infos) > MAX_FILES:
        raise InputError(f"Expected at most {MAX_FILES} files in the zip, found {len(infos)}. Split it.")
    total = sum(min(info.file_size, _largest(info.filename)) for info in infos)
    if total > most:
        raise InputError(f"Expected at most {most / 1e9:g} GB in the zip, found {total / 1e9:.1f} GB. Split it.")
    paths = [_path(_name(info)) for info in infos]
    times = Counter(paths)
    return [Entry(path, partial(read, info), _problem(info, times[path]))
            for path, info in zip(paths, infos, strict=True)]


def _name(info: zipfile.ZipInfo) -> str:
    """The entry's name, as far as it is read. Ruby and a Mac write UTF-8 without the flag that says so, and some
    programs of Windows a backslash between folders."""
    name = info.filename
    if not (info.flag_bits & 0x800 or name.isascii()):
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")[:MAX_NAME_CHARS]


def _path(name: str) -> PurePosixPath:
    """The name in NFC: a Mac writes an accent as a character of its own, and it is the same person."""
    return PurePosixPath(unicodedata.normalize("NFC", name))


def _largest(name: str) -> int:
    return MAX_ZIP_BYTES if name.lower().endswith(".zip") else MAX_FILE_BYTES


def _problem(info: zipfile.ZipInfo, times: int) -> str | None:
    """Return why an entry of a zip is refused, None if it is not."""
    path = PurePosixPath(info.orig_filename.replace("\\", "/"))
    drive = "".join(path.parts[:1])[1:2] == ":"
    if path.is_absolute() or ".." in path.parts or drive or not path.parts or "\0" in info.orig_filename:
        return "its path leads out of the archive"
    if len(info.filename) > MAX_NAME_CHARS:
        return f"its name is longer than {MAX_NAME_CHARS} characters"
    if times > 1:
        return f"the zip holds this name {times} times"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return NO_FILE
    if info.flag_bits & 1:
        return "it is encrypted"
    return _too_large(info.file_size, info.filename)


def _too_large(size: int, name: str) -> str | None:
    largest = _largest(name)
    return f"it is larger than {largest // 1_000_000} MB" if size > largest else None


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """At most as many bytes as the zip says, and `_problem` has looked at that number."""
    try:
        return archive.read(info)
    except Exception as error:
        raise SubmissionError(f"it cannot be unpacked ({_said(error)})") from None


def _said(error: Exception) -> str:
    """The words of an error of zipfile or a codec, of whatever kind: it concerns the file that raised it, alone."""
    return str(error)[:MAX_REASON_CHARS] or type(error).__name__


def _owner(place: Path) -> int:
    return place.lstat().st_uid


def _in_folder(folder: Path) -> Iterator[Entry]:
    """The files of a folder; one that is too deep, or that its owner has shut, is named, and not looked into."""
    waiting = [(folder, 0)]
    found: list[Entry] = []
    while waiting:
        place, depth = waiting.pop()
        here = _path(place.relative_to(folder).as_posix())
        if depth > MAX_DEPTH:
            found.append(Entry(here, bytes, "its folders are too deep"))
            continue
        try:
            inside = [(path, path.lstat()) for path in place.iterdir()]
        except OSError as error:
            if depth == 0:
                raise InputError(f"Expected a folder of submissions, but {folder} cannot be read: {error}.") from None
            found.append(Entry(here, bytes, f"its folder cannot be read ({error.strerror})"))
            continue
        for path, status in inside:
            if stat.S_ISDIR(status.st_mode):
                waiting.append((path, depth + 1))
                continue
            regular = stat.S_ISREG(status.st_mode)
            problem = _too_large(status.st_size, path.name) if regular else NO_FILE
            read = partial(_read_below, folder, path.relative_to(folder))
            found.append(Entry(_path(path.relative_to(folder).as_posix()), read, problem, _owner(place)))
    yield from sorted(found, key=lambda entry: entry.path)


def _read_below(folder: Path, place: Path) -> bytes:
    """Read a file of a folder that students may still write into, as they may into nbgrader's exchange.

    What was a file and a folder when they were listed may be a link to somewhere else by now: none is followed.
    """
    here = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in place.parent.parts:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = below
        file = os.open(place.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    except OSError as error:
        raise SubmissionError(f"it cannot be read ({error.strerror})") from None
    finally:
        os.close(here)
    status = os.fstat(file)
    problem = _too_large(status.st_size, place.name) if stat.S_ISREG(status.st_mode) else NO_FILE
    if problem:
        os.close(file)
        raise SubmissionError(problem)
    with open(file, "rb") as opened:
        return opened.read(status.st_size)

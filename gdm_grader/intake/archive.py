"""What lies in a zip or a folder that students filled: entries that are safe to read, and why the others are not."""

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from gdm_grader.course import settings
from gdm_grader.errors import InputError, SubmissionError

LARGEST = 20_000_000  # bytes a file; a notebook that is larger holds data, not answers
MOST = 20_000  # files an archive
TOTAL = 4_000_000_000  # bytes of all files of an archive, unpacked
NOISE = {"__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db"}


@dataclass(frozen=True)
class Entry:
    """A file: where it lies, when it was handed in (UTC) if that is known, and why it is not to be read, if so."""

    path: PurePosixPath
    read: Callable[[], bytes]
    when: datetime | None = None
    problem: str = ""


@contextmanager
def open_archive(source: Path) -> Iterator[list[Entry]]:
    """The entries of a zip or a folder; nothing is unpacked, an entry is read when it is asked for."""
    if source.is_dir():
        yield [entry for entry in _in_folder(source) if not NOISE.intersection(entry.path.parts)]
    elif zipfile.is_zipfile(source):
        try:
            archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise InputError(f"Expected a zip, but {source.name} cannot be read as one: {error}.") from None
        with archive:
            yield [entry for entry in _in_zip(archive) if not NOISE.intersection(entry.path.parts)]
    else:
        raise InputError(f"Expected a zip or a folder of submissions, {source} is neither.")


def _in_zip(archive: zipfile.ZipFile) -> list[Entry]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST:
        raise InputError(f"Expected at most {MOST} files in the zip, found {len(infos)}. Split it.")
    total = sum(min(info.file_size, LARGEST) for info in infos)
    if total > TOTAL:
        raise InputError(f"Expected at most {TOTAL / 1e9:g} GB in the zip, found {total / 1e9:.1f} GB. Split it.")
    times = Counter(info.filename for info in infos)
    return [Entry(PurePosixPath(info.filename), partial(_unpacked, archive, info), _when(info),
                  _problem(info, times[info.filename])) for info in infos]


def _problem(info: zipfile.ZipInfo, times: int) -> str:
    """Why an entry of a zip is refused, "" if it is not."""
    path = PurePosixPath(info.orig_filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in info.orig_filename:
        return "its path leads out of the archive"
    if times > 1:
        return f"the zip holds this name {times} times"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "it is a link or a device, not a file"
    if info.flag_bits & 1:
        return "it is encrypted"
    return _too_large(info.file_size)


def _too_large(size: int) -> str:
    return f"it is larger than {LARGEST // 1_000_000} MB" if size > LARGEST else ""


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """At most as many bytes as the zip says, and `_problem` has looked at that number."""
    try:
        return archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise SubmissionError(f"it cannot be unpacked ({error})") from None


def _when(info: zipfile.ZipInfo) -> datetime | None:
    """The time of change: in UTC where the zip says it so, else in this machine's zone; None for DOS's year zero."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 0x5455 and size >= 5 and len(extra) >= 9 and extra[4] & 1:  # Info-ZIP's extended timestamp
            return datetime.fromtimestamp(struct.unpack_from("<i", extra, 5)[0], UTC)
        extra = extra[4 + size:]
    try:
        return datetime(*info.date_time).astimezone(UTC) if info.date_time[0] > 1980 else None
    except (ValueError, OverflowError):
        return None


def _in_folder(folder: Path) -> Iterator[Entry]:
    """The times of files that were copied say nothing: only a timestamp.txt beside the notebook counts."""
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            regular = stat.S_ISREG(status.st_mode)
            problem = _too_large(status.st_size) if regular else "it is a link or a device, not a file"
            yield Entry(PurePosixPath(path.relative_to(folder)), path.read_bytes, timestamp(path.parent), problem)


def timestamp(folder: Path) -> datetime | None:
    """The time in nbgrader's timestamp.txt; None where there is none or it cannot be read."""
    path = folder / "timestamp.txt"
    if not path.is_file() or path.is_symlink():
        return None
    try:
        return settings.moment(path.read_text(encoding="utf-8").strip())
    except (InputError, ValueError):
        return None

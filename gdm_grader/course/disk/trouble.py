"""Tells in a sentence what a disk has against a command: it is full, or read-only, or its files are somebody else's.

Each says only what is seen to be so; where nothing is seen, there is no sentence.
"""

import errno
import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP)
NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)
QUIET_SECONDS = 2.0  # that a wait for another program may take before a person is told
HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY)  # by another connection that may let it go
LITTLE = 1 << 20  # bytes: SQLite fails where less is left than what it keeps beside a database
AT_WORK: list[Path] = []  # folders and files that the command writes to, for an error that names none


def work_in(*places: Path) -> None:
    """Remember that the command at work writes to these files and folders."""
    AT_WORK.extend(places)


def sentence_for_disk(error: BaseException | None) -> str | None:
    """Return what to do about an error of the system that a disk is behind; None if none is."""
    if not isinstance(error, OSError):
        return None
    number, place = cause(error)
    if number in FULL:
        place = place or next(filter(is_full, written_to()), None)
        return "The disk is full. Make room." if place is None else no_room(place, number)
    if number in NOT_ALLOWED and place is not None:
        return closed(place)
    if number in NO_LOCKS and AT_WORK:
        return f"The disk that holds {AT_WORK[-1]} locks no files, so that two commands might write at once. " \
               "Keep the class on a disk of this machine."
    if isinstance(error, FileNotFoundError) and "temporary directory" in str(error.strerror):
        return f"{error.strerror}. Set TMPDIR to a folder that can be written, on a disk with room."
    return None


def cause(error: OSError) -> tuple[int | None, Path | None]:
    """Return the number of an error, and the file or folder that it is about, if it says so.

    Python tells of a copy that failed both ends, the second being where it goes; of a copied folder each file, in text.
    """
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        for _, target, why in error.args[0]:
            for number in (*FULL, *NOT_ALLOWED):
                if os.strerror(number) in str(why):
                    return number, Path(target)
    for name in (error.filename2, error.filename):
        if isinstance(name, str | bytes):
            return error.errno, Path(os.fsdecode(name))
    return error.errno, None


def raise_if_full(said: str, place: Path) -> None:
    """Raise the error of a full disk where this is what another program's words tell, about a file or folder."""
    for number in FULL:
        if os.strerror(number) in said:
            raise OSError(number, os.strerror(number), str(place))


def sentence_for_database() -> str | None:
    """Return what is wrong with a disk that the command writes to, where SQLite says only that something is."""
    for place in AT_WORK:
        found = no_room(place, errno.ENOSPC) if is_full(place) else closed(place)
        if found is not None:
            return found
    return None


def written_to() -> list[Path]:
    """Return where a command may write: the class, the folder for temporary files, here, and where its output goes."""
    found = list(AT_WORK)
    with suppress(OSError):
        found.append(Path(tempfile.gettempdir()))
    with suppress(OSError):
        found.append(Path.cwd())
    with suppress(OSError):
        found += [path for path in (Path("/proc/self/fd/1").resolve(), Path("/proc/self/fd/2").resolve())
                  if path.is_file()]
    return found


def is_full(place: Path) -> bool:
    """Return whether next to nothing more fits on the disk that holds a file or folder."""
    with suppress(OSError):
        disk = os.statvfs(above(place))
        return disk.f_bavail * disk.f_frsize < LITTLE or (disk.f_files > 0 and disk.f_favail == 0)
    return False


def no_room(place: Path, number: int) -> str:
    """Return that a file does not fit on its disk: for want of space, of files, or by a quota."""
    folder = above(place)
    disk = os.statvfs(folder)
    what = "No space is left"
    if number == errno.EDQUOT:
        what = "Your quota is used up"
    elif disk.f_bavail and disk.f_files and not disk.f_favail:
        what = "No more files fit"
    return f"{what} on {mounted_at(folder)}, the disk that holds {place}. Make room there."


def closed(place: Path) -> str | None:
    """Return why a file or folder cannot be read or written; None if it can."""
    folder = above(place)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"{place} cannot be written: {mounted_at(folder)}, the disk that holds it, is read-only. " \
               "Work on a copy elsewhere, or mount it to be written to."
    for path in (place, folder):
        if os.path.exists(path) and not os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)):
            verb = "written" if os.access(path, os.R_OK) else "read"
            return f"{path} cannot be {verb} by this user. Its owner, {owner(path)}, can allow it: chmod, or chown."
    return None


def owner(path: Path) -> str:
    """Return the name of a file's owner, its number where nobody has it."""
    with suppress(KeyError, NotImplementedError):
        return path.owner()
    return f"user {path.stat().st_uid}"


def above(place: Path) -> Path:
    """Return the file or folder itself, or the next folder above it that is there."""
    place = place.absolute()
    return next(path for path in (place, *place.parents) if os.path.exists(path))


def mounted_at(folder: Path) -> Path:
    """Return where the disk that holds a folder is mounted."""
    folder = folder.resolve()
    return next((path for path in (folder, *folder.parents) if os.path.ismount(path)), folder)

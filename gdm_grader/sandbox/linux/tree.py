"""Walks over what a student made: iterative, by descriptor, following no link, bounded in depth and number."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass

MAX_FOLDER_DEPTH = 64  # folders within folders; a deeper tree counts as too large
_BLOCK_BYTES = 512  # the unit of st_blocks
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def exceeds(root: str, max_files: int, max_bytes: int) -> bool:
    """Return whether a folder holds more files or bytes than it may, or folders more than MAX_FOLDER_DEPTH deep.

    What goes away meanwhile counts as one file, without its contents. OSError if `root` itself cannot be opened.
    Holds at most MAX_FOLDER_DEPTH + 1 descriptors.
    """
    files = size = 0
    open_folders = [os.open(root, _FOLDER)]
    waiting = [_names(open_folders[0])]
    try:
        while open_folders:
            if not waiting[-1]:
                waiting.pop()
                os.close(open_folders.pop())
                continue
            name = waiting[-1].pop()
            files += 1
            with suppress(OSError):  # removed meanwhile, or closed to us: then it is counted once
                entry = os.lstat(name, dir_fd=open_folders[-1])
                size += entry.st_blocks * _BLOCK_BYTES
                if stat.S_ISDIR(entry.st_mode):
                    below = os.open(name, _FOLDER, dir_fd=open_folders[-1])
                    open_folders.append(below)
                    waiting.append([])
                    waiting[-1] = _names(below)
            if files + len(waiting[-1]) > max_files or size > max_bytes or len(open_folders) > MAX_FOLDER_DEPTH:
                return True
        return False
    finally:
        for folder in open_folders:
            os.close(folder)


def remove(root: str) -> None:
    """Remove a folder with all that is in it, however deep; what cannot be removed stays.

    Holds two descriptors: the way up is "..", and is taken only to the folder that it came down from.
    """
    try:
        here = os.open(root, _FOLDER)
    except OSError:
        return
    path = [_Level("", _identity(here), _folders(here))]
    try:
        while True:
            level = path[-1]
            if level.folders:
                name = level.folders.pop()
                below = _enter(name, here)
                if below is not None:
                    os.close(here)
                    here = below
                    path.append(_Level(name, _identity(here), _folders(here)))
                continue
            path.pop()
            if not path:
                break
            above = os.open("..", _FOLDER, dir_fd=here)
            os.close(here)
            here = above
            if _identity(here) != path[-1].identity:
                return  # something moved it meanwhile
            with suppress(OSError):
                os.rmdir(level.name, dir_fd=here)
    finally:
        os.close(here)
    with suppress(OSError):
        os.rmdir(root)


@dataclass
class _Level:
    """A folder on the way down: its name, which one it is, and the folders in it that are still to be emptied."""

    name: str
    identity: tuple[int, int]
    folders: list[str]


def _identity(folder: int) -> tuple[int, int]:
    found = os.fstat(folder)
    return found.st_dev, found.st_ino


def _enter(name: str, folder: int) -> int | None:
    """A descriptor of the folder `name`; one that its owner closed to itself is opened first."""
    with suppress(OSError):
        return os.open(name, _FOLDER, dir_fd=folder)
    try:
        place = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    try:
        os.chmod(f"/proc/self/fd/{place}", 0o700)
        return os.open(name, _FOLDER, dir_fd=folder)
    except OSError:
        return None
    finally:
        os.close(place)


def _folders(folder: int) -> list[str]:
    """Remove everything but folders; return the names of those."""
    with suppress(OSError):
        os.fchmod(folder, 0o700)
    return [name for name in _names(folder) if not _unlinked(name, folder)]


def _unlinked(name: str, folder: int) -> bool:
    """Remove a file or a link; return False for a folder."""
    try:
        if stat.S_ISDIR(os.lstat(name, dir_fd=folder).st_mode):
            return False
        os.unlink(name, dir_fd=folder)
    except OSError:
        return True  # it is gone, or stays
    return True


def _names(folder: int) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []

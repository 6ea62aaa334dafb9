"""Files are written as a whole or not at all: a full disk, a kill or a second writer leaves no half of one."""

import glob
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import Timeout, UnixFileLock

from gdm_grader.course.disk.trouble import QUIET_SECONDS

ABANDONED_SECONDS = 3600.0  # after which nobody is still at work on a part


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, beside the file at `path`, whose place it takes at the end; nothing of it stays if that
    fails. What the system has against it is told of `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_over(path)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # another process may write the same file
    try:
        yield part
        part.replace(path)
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = str(path)
        with suppress(OSError):  # a disk that is read-only refuses this, too
            part.unlink()
        raise


def remove_left_over(path: Path) -> None:
    """Remove the parts of a file that a kill left beside it: those that nobody has written to for an hour."""
    for part in path.parent.glob(f"{glob.escape(path.name)}.*.part"):
        with suppress(OSError):  # another command removed it
            if time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Let one process at a time read a file, change what it says and write it: another's change would be lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = UnixFileLock(path.with_name(f".{path.name}.lock"), mode=0o664)  # less where the umask says so
    try:
        lock.acquire(timeout=QUIET_SECONDS)
    except Timeout:
        print(f"Another gdm is changing {path}. Waiting until it is done.", file=sys.stderr, flush=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def write(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8."""
    with replacing(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def copy_folder(source: Path, target: Path) -> None:
    """Put a copy of a folder in the place of another."""
    stage = target.parent / ".part"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        shutil.copytree(source, stage / target.name)
        put_folder(stage / target.name, target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def put_folder(made: Path, target: Path) -> None:
    """Put a folder that is done in the place of another on the same disk."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.rename(target)


def append(path: Path, text: str) -> None:
    """Add lines to a file, which is made with the first of them."""
    before = path.read_bytes() if path.is_file() else b""
    if before and not before.endswith(b"\n"):  # the end of a run that was killed while it wrote
        before += b"\n"
    write(path, before + text.encode())

"""The files of a folder that a student filled, found without recursion and up to a bound."""

import hashlib
import os
from pathlib import Path

from gdm_grader.errors import SubmissionError

MAX_FILES = 2_000  # of one submission
MAX_DEPTH = 20  # folders in folders


def files_in(folder: Path) -> list[Path]:
    """Return the regular files below `folder` in the order of their paths; links are not followed and left out.

    SubmissionError where it holds more than MAX_FILES entries, or folders more than MAX_DEPTH deep.
    """
    found: list[Path] = []
    waiting, seen = [(folder, 0)], 0
    while waiting:
        place, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise SubmissionError(f"its folders lie more than {MAX_DEPTH} deep in each other")
        with os.scandir(place) as entries:
            for entry in entries:
                seen += 1
                if seen > MAX_FILES:
                    raise SubmissionError(f"it holds more than {MAX_FILES} files and folders")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    found.append(Path(entry.path))
    return sorted(found)


def digest_of(path: Path) -> bytes:
    """Return the SHA-256 of a file's content, which is never in memory as a whole."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()

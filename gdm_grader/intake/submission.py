"""A submission as it was handed in: its notebook, read for cells, types, sources and nbgrader's labels; its files.

Whatever else a tool wrote beside these (outputs, ids, counts, metadata) is left out, so it cannot be wrong.
"""

import codecs
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from gdm_grader.course.cells import bare_cell
from gdm_grader.errors import SubmissionError
from gdm_grader.intake.clean import clean, printable

MAX_NOTEBOOK_BYTES = 20_000_000  # a notebook that is larger holds data, not answers
MAX_CELLS = 5_000
MAX_ENTRIES = 2_000  # of one submission
MAX_DEPTH = 20  # of a submission's folders in folders
MAX_DIGITS = 300  # of a number in the file; counts are shorter, and nothing that we read is a number
# A mark at the start says how the text is encoded. UTF-32's begins like UTF-16's.
ENCODING_OF_MARK = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CONFLICT = ("<<<<<<< ", ">>>>>>> ")
# What people save in place of a notebook, by how it begins.
INSTEAD = {"<": "it is a web page, not the notebook that it shows", "http": "it is a link to a notebook",
           "version https://git-lfs": "it is a pointer of Git LFS; the file itself was not downloaded",
           "PK": "it is a zip under the name of a notebook", "%PDF": "it is a PDF", "{\\rtf": "it is a text document"}


def read_submission(folder: Path, name: str) -> NotebookNode:
    """Return the submission's notebook; SubmissionError says in a sentence what keeps it from being opened."""
    path = folder / f"{name}.ipynb"
    if path.is_symlink():
        raise SubmissionError(f"{path.name} is a link, not a notebook")
    if not path.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        raise SubmissionError(f"no notebook {name}.ipynb" + (f", found {', '.join(others)}" if others else ""))
    if path.stat().st_size > MAX_NOTEBOOK_BYTES:
        raise SubmissionError(f"{path.name} is larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB")
    return notebook_of(path.read_bytes(), path.name)


def notebook_of(data: bytes, filename: str) -> NotebookNode:
    """Return the cells of a notebook's file; SubmissionError where it is none, or only a part of one."""
    text = _decoded(data, filename)
    if not text.strip(" \t\r\n\0"):
        raise SubmissionError(f"{filename} is empty")
    try:
        content = json.loads(text, strict=False, parse_int=_number)
    except ValueError as error:
        raise SubmissionError(f"{filename} is not a notebook ({_why_not_json(text, error)})") from None
    except RecursionError:
        raise SubmissionError(f"{filename} is not a notebook (not JSON)") from None
    if not isinstance(content, dict):
        raise SubmissionError(f"{filename} is not a notebook (no cells)")
    found = _cells(content)
    if found is None:
        raise SubmissionError(f"{filename} is not a notebook (no {'cells' if 'nbformat' in content else 'nbformat'})")
    if len(found) > MAX_CELLS:
        raise SubmissionError(f"{filename} has more than {MAX_CELLS} cells")
    cells = [_cell(cell) for cell in found if isinstance(cell, dict)]
    return NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def _decoded(data: bytes, filename: str) -> str:
    encoding = next((name for mark, name in ENCODING_OF_MARK if data.startswith(mark)), "")
    if not encoding:
        # JSON begins with an ASCII character, so a NUL beside it tells 16 from 8 bits.
        encoding = {b"\0": "utf-16-be"}.get(data[:1], "utf-16-le" if data[1:2] == b"\0" else "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        raise SubmissionError(f"{filename} is not a notebook (not text)") from None


def _number(digits: str) -> int:
    return int(digits) if len(digits) < MAX_DIGITS else 0


def _why_not_json(text: str, error: ValueError) -> str:
    lines = [line.lstrip() for line in text.splitlines()]
    if any(line.startswith(CONFLICT) for line in lines):
        return "it holds a merge conflict, <<<<<<< and >>>>>>>, that was not resolved"
    for start, what in INSTEAD.items():
        if text.lstrip().startswith(start):
            return what
    at_the_end = isinstance(error, json.JSONDecodeError) and (
        error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"))
    if text.lstrip().startswith("{") and at_the_end:
        return "not JSON: it breaks off before its end"
    return "not JSON"


def _cells(content: dict[str, Any]) -> list[Any] | None:
    """The cells of nbformat 4, or of nbformat 3 and older, which had worksheets; None where there are none."""
    if isinstance(content.get("cells"), list):
        return content["cells"]
    worksheets = content.get("worksheets")
    if not isinstance(worksheets, list):
        return None
    found: list[Any] = []
    for sheet in worksheets:
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list):
            found += sheet["cells"]
    return found


def _cell(cell: dict[str, Any]) -> NotebookNode:
    """One cell with its source and its label. nbformat 3 called a code cell's source its input."""
    source = _text(cell.get("source", cell.get("input")))
    if cell.get("cell_type") == "heading":
        source = f"# {source}"
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    return bare_cell(kind, source, _label(cell.get("metadata")))


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return clean(value).replace("\r\n", "\n") if isinstance(value, str) else ""


def _label(metadata: Any) -> str:
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    label = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return clean(label) if isinstance(label, str) else ""


def kernel_files(folder: Path) -> dict[str, bytes]:
    """Return the files that a kernel may see, by relative path; notebooks and links are left out.

    SubmissionError where they are too many, too large together, or too deep.
    """
    found: dict[str, bytes] = {}
    size = 0
    for path in files_in(folder):
        if path.suffix != ".ipynb":
            size += path.stat().st_size
            if size > MAX_NOTEBOOK_BYTES:
                raise SubmissionError(f"the files beside the notebook are larger than "
                                      f"{MAX_NOTEBOOK_BYTES // 1_000_000} MB")
            try:
                found[str(path.relative_to(folder))] = path.read_bytes()
            except OSError as error:
                raise SubmissionError(f"{printable(path.name)} cannot be read ({error.strerror})") from None
    return found


def files_in(folder: Path) -> list[Path]:
    """Return the regular files below `folder` in the order of their paths; links are not followed and left out.

    SubmissionError where it holds more than MAX_ENTRIES entries, or folders more than MAX_DEPTH deep.
    """
    found: list[Path] = []
    waiting, seen = [(folder, 0)], 0
    while waiting:
        place, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise SubmissionError(f"its folders lie more than {MAX_DEPTH} deep in each other")
        with _listed(place) as entries:
            for entry in entries:
                seen += 1
                if seen > MAX_ENTRIES:
                    raise SubmissionError(f"it holds more than {MAX_ENTRIES} files and folders")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    found.append(Path(entry.path))
    return sorted(found)


def _listed(place: Path) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
    try:
        return os.scandir(place)
    except OSError as error:  # its owner has shut it
        raise SubmissionError(f"its folder {printable(place.name)} cannot be read ({error.strerror})") from None


def file_digest(path: Path) -> bytes:
    """Return the SHA-256 of a file's content, which is never in memory as a whole.

    Of a file that is too large to be taken it is that of its size: a terabyte of nothing fits on any disk.
    """
    size = path.stat().st_size
    if size > MAX_NOTEBOOK_BYTES:
        return hashlib.sha256(f"{size} bytes".encode()).digest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()

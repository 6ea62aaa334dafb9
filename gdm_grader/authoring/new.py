"""A new assignment: one task with its tests, right and wrong answers, and a page of the book, to be written over."""

import re
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course.cells import SCHEMA
from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import InputError

ASSIGNMENT_TEMPLATES = Path(__file__).parent / "templates" / "new"
CELL_COMMENT = re.compile(r"^<!-- (.+) -->\n", re.MULTILINE)
TASK = "center"


def create(course: Course, name: str) -> list[Path]:
    """Write the files of a new assignment and return their paths; InputError if one of them is there already."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError(f"Expected a name of small letters, digits and _, such as normal_laws, got {name!r}.")
    folder, page = course.solutions / name, course.root / "book" / f"{name}.md"
    files = {folder / f"{name}.ipynb": nbformat.writes(notebook_from(_text("assignment.md", name))) + "\n",
             folder / "catalogue" / f"{TASK}.py": _text("catalogue.txt", name),
             page: _text("page.md", name)}
    if not page.parent.is_dir():  # a course without a book
        del files[page]
    for path in (folder, page):
        if path.exists() and not _is_unfinished(folder, files):
            raise InputError(f"{path} is there already. Choose another name.")
    try:
        for path, text in files.items():
            whole.write(path, text)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # else the next try would meet a part of it
        page.unlink(missing_ok=True)
        raise
    return list(files)


def _is_unfinished(folder: Path, files: dict[Path, str]) -> bool:
    """Return whether what is there is a beginning of these files, by a command that was killed."""
    there = {path for path in [*folder.rglob("*"), *files] if path.is_file() and path.suffix != ".part"}
    return there < files.keys() and all(path.read_text(encoding="utf-8") == files[path] for path in there)


def notebook_from(text: str) -> NotebookNode:
    """The notebook that a template describes: before each cell a comment with its kind, name and points."""
    _, *parts = CELL_COMMENT.split(text)
    cells = [_cell(*head.split(), source=source.strip()) for head, source in zip(parts[::2], parts[1::2], strict=True)]
    return new_notebook(cells=cells, metadata=METADATA)


def _cell(kind: str, label: str = "", points: str = "", *, source: str) -> NotebookNode:
    if not label:
        return new_code_cell(source, id="setup")
    label = f"test_{label}" if kind == "test" else label
    marks = {"cell_type": "markdown" if kind == "markdown" else "code", "grade": kind == "test", "grade_id": label,
             "locked": kind != "solution", "schema_version": SCHEMA, "solution": kind == "solution", "task": False}
    if points:
        marks["points"] = int(points)
    make = new_markdown_cell if kind == "markdown" else new_code_cell
    return make(source, id=label.replace("_", "-"), metadata={"nbgrader": marks})


def _text(file: str, name: str) -> str:
    return (ASSIGNMENT_TEMPLATES / file).read_text(encoding="utf-8").replace("NAME", name)

"""What the instructor wrote, as the referee uses it: cells of the release, names of the solutions, the catalogue."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from gdm_grader import catalogue
from gdm_grader.catalogue import Answer
from gdm_grader.course import Course, sqlite
from gdm_grader.preprocessors import label_of, released_cells
from gdm_grader.tasks import task_of


@dataclass(frozen=True)
class Sheet:
    """One assignment.

    `released` are its labelled cells as they were handed out, test cells whole; `setup` the sources of the other code
    cells; `solutions` the instructor's answers; `defined` the names that each of these defines at its top level.
    """

    name: str
    released: dict[str, NotebookNode]
    setup: tuple[str, ...]
    solutions: dict[str, str]
    defined: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[Answer, ...]]
    refused: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """What the tests find in the student's notebook."""
        return [name for names in self.defined.values() for name in names]

    def task_of(self, label: str) -> str:
        return task_of(label, self.solutions)


def read(course: Course, name: str, gradebook: Path) -> Sheet:
    """The assignment as the instructor's notebook has it and `gradebook` recorded it; kept for this process."""
    return _read(course, name, gradebook, course.source(name).stat().st_mtime_ns)


@lru_cache(4)
def _read(course: Course, name: str, gradebook: Path, _: int) -> Sheet:
    source = course.source(name)
    cells = nbformat.read(source, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    solutions = {label_of(cell): cell.source for cell in code if cell.metadata.get("nbgrader", {}).get("solution")}
    with Gradebook(sqlite(gradebook)) as book:
        recorded = released_cells(book.find_notebook(name, name))
    released = {label: recorded[label] for label in map(label_of, cells) if label in recorded}
    folder = source.parent / "catalogue"
    answers = catalogue.load(folder) if folder.is_dir() else {}
    return Sheet(name, released, tuple(cell.source for cell in code if not label_of(cell)), solutions,
                 {label: tuple(defined_names(text)) for label, text in solutions.items()},
                 {task: tuple(given) for task, given in answers.items()}, catalogue.in_library(folder))


def defined_names(source: str) -> list[str]:
    """Functions, classes and variables that a cell defines at its top level."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            names += [part.id for part in ast.walk(node) if isinstance(part, ast.Name)
                      and isinstance(part.ctx, ast.Store)]
    return list(dict.fromkeys(names))

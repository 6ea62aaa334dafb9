"""One assignment as the referee uses it: cells of the release, names of the solutions, the catalogue."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

from gdm_grader.course import catalogue
from gdm_grader.course.catalogue import Answer
from gdm_grader.course.cells import is_setup, label_of, task_of
from gdm_grader.course.course import Course


@dataclass(frozen=True, eq=False)
class Assignment:
    """One assignment. It equals only itself, so that results computed from it can be cached.

    `released` are its labelled cells as they were handed out, test cells whole; `setup` the sources of the cells that
    tests and answers stand on; `solutions` the instructor's answers; `defined` the names that each of these defines at
    its top level.
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
        """Return the names that tests look up in a student's notebook."""
        return list(chain.from_iterable(self.defined.values()))

    def task_of(self, label: str) -> str:
        return task_of(label, self.solutions)


def read(course: Course, name: str) -> Assignment:
    """The assignment as the instructor's notebook has it; kept for this process until that changes."""
    return _read(course, name, course.source(name).stat().st_mtime_ns)


@lru_cache(4)
def _read(course: Course, name: str, _: int) -> Assignment:
    source = course.source(name)
    nb = course.read_source(name)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    solutions = {label_of(cell): cell.source for cell in code if cell.metadata.get("nbgrader", {}).get("solution")}
    setup = tuple(cell.source for cell in code if is_setup(cell))
    for step in (LockCells, ClearSolutions, ComputeChecksums):  # as nbgrader records the cells of a release
        nb, _resources = step(config=course.config()).preprocess(nb, {})
    folder = source.parent / "catalogue"
    answers = catalogue.load(folder) if folder.is_dir() else {}
    return Assignment(name, {label_of(cell): _whole(cell) for cell in nb.cells if label_of(cell)}, setup, solutions,
                 {label: tuple(defined_names(text)) for label, text in solutions.items()},
                 {task: tuple(given) for task, given in answers.items()}, catalogue.in_library(folder))


def _whole(cell: NotebookNode) -> NotebookNode:
    """A labelled cell as a graded notebook has it, without outputs."""
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.source, metadata={"nbgrader": cell.metadata.nbgrader | {"cell_type": cell.cell_type}})


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

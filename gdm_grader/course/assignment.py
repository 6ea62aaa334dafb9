"""One notebook of an assignment as the referee uses it: cells of the release, names of the solutions, the catalogue."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells
from nbgrader.utils import find_all_files

from gdm_grader.course import catalogue, code, places
from gdm_grader.course.catalogue import Answer
from gdm_grader.course.cells import is_setup, is_test, is_unfilled, key_of, label_of, task_of
from gdm_grader.course.course import Course
from gdm_grader.course.places import INSIDE, Place
from gdm_grader.errors import CourseError

AUTOTESTS = "autotests.yml"  # nbgrader's templates, beside the notebook or in the root of the course


@dataclass(frozen=True, eq=False)
class Assignment:
    """One notebook of an assignment. It equals only itself, so that results computed from it can be cached.

    `name` is the assignment's, `notebook` the notebook's. `released` are its labelled cells as they were handed out,
    test cells whole; `setup` the sources of the cells that tests and answers stand on; `solutions` the instructor's
    answers; `defined` the names that each of these defines at its top level. `files` are what lies beside the notebook
    in the release, by relative path; `places` where each test cell is run.
    """

    name: str
    notebook: str
    released: dict[str, NotebookNode]
    setup: tuple[str, ...]
    solutions: dict[str, str]
    defined: dict[str, tuple[str, ...]]
    answers: dict[str, tuple[Answer, ...]]
    refused: tuple[str, ...]
    files: dict[str, bytes]
    places: dict[str, Place]

    @property
    def names(self) -> list[str]:
        """Return the names that tests look up in a student's notebook."""
        return list(chain.from_iterable(self.defined.values()))

    @property
    def known(self) -> set[str]:
        """Return the names that a notebook has from elsewhere than its tests."""
        found = set(self.names)
        for source in (*self.setup, *self.solutions.values()):
            found.update(code.defined(source))
        return found

    def is_inside(self, label: str) -> bool:
        """Return whether this test cell is run inside the student's kernel."""
        return label in self.places and self.places[label].where == INSIDE

    def task_of(self, label: str) -> str:
        return task_of(label, self.solutions)


def read_all(course: Course, name: str) -> dict[str, Assignment]:
    """Each notebook of an assignment, by its name."""
    return {notebook: read(course, name, notebook) for notebook in course.notebooks(name)}


def read(course: Course, name: str, notebook: str | None = None) -> Assignment:
    """The notebook as the instructor has it; kept for this process until something in its folder changes."""
    notebook = notebook or course.first(name)
    return _read(course, name, notebook, course.changed(name))


@lru_cache(8)
def _read(course: Course, name: str, notebook: str, _: int) -> Assignment:
    folder = course.solutions / name
    nb = course.read_source(name, notebook)
    _refuse_other_languages(course, name, notebook, nb)
    _fill(course, name, notebook, nb)
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    solutions = {label_of(cell): cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")}
    setup = tuple(cell.source for cell in cells if is_setup(cell))
    for step in (LockCells, ClearSolutions, ComputeChecksums):  # as nbgrader records the cells of a release
        nb, _resources = step(config=course.config()).preprocess(nb, {})
    listed = folder / "catalogue"
    answers = catalogue.load(listed) if listed.is_dir() else {}
    return Assignment(name, notebook, {label_of(cell): _whole(cell) for cell in nb.cells if label_of(cell)}, setup,
                      solutions, {label: tuple(code.defined(text)) for label, text in solutions.items()},
                      {task: tuple(given) for task, given in answers.items()}, catalogue.in_library(listed),
                      files_beside(course, name), places_of(course, name, notebook))


def _refuse_other_languages(course: Course, name: str, notebook: str, nb: NotebookNode) -> None:
    """CourseError where the notebook's kernel runs another language than Python."""
    for metadata, key in (("kernelspec", "language"), ("language_info", "name")):
        language = str(nb.metadata.get(metadata, {}).get(key, "python"))
        if not language.lower().startswith(("python", "ipython")):
            raise CourseError(f"Expected a notebook in Python, but {course.shown(course.source(name, notebook))} is "
                              f"one in {language}, which is not graded here.")


def _fill(course: Course, name: str, notebook: str, nb: NotebookNode) -> None:
    """Put what nbgrader made of AUTOTEST lines in their place; CourseError if it is not there, or of other cells."""
    waiting = [cell for cell in nb.cells if is_unfilled(cell)]
    known = places.load(course, name) if waiting else None
    for cell in waiting:
        if known is None or known.filled_of != unfilled(course, name):
            raise CourseError(f"{notebook}.ipynb of {name} has AUTOTEST lines, of which no assertions have been made "
                              f"since it changed. Run `gdm release {name}`.")
        cell.source = known.filled[key_of(name, notebook, label_of(cell))]


def unfilled(course: Course, name: str) -> str | None:
    """Return a digest of all that AUTOTEST lines are filled in from; None where there are none."""
    notebooks = [course.read_source(name, notebook) for notebook in course.notebooks(name)]
    cells: list[NotebookNode] = []
    for nb in notebooks:
        cells += nb.cells
    if not any(is_unfilled(cell) for cell in cells):
        return None
    sha = hashlib.sha256("\0".join(cell.source for cell in cells).encode())
    for templates in (course.solutions / name / AUTOTESTS, course.root / AUTOTESTS):
        sha.update(templates.read_bytes() if templates.is_file() else b"")
    return sha.hexdigest()


def places_of(course: Course, name: str, notebook: str) -> dict[str, Place]:
    """Return what was decided for the test cells of one notebook, by their grade_id."""
    decided = places.load(course, name)
    known = decided.cells if decided else {}
    found: dict[str, Place] = {}
    for cell in course.read_source(name, notebook).cells:
        key = key_of(name, notebook, label_of(cell))
        if is_test(cell) and key in known:
            found[label_of(cell)] = known[key]
    return found


def files_beside(course: Course, name: str) -> dict[str, bytes]:
    """Return what nbgrader puts beside the students' notebooks: what lies beside the sources and is not ignored."""
    folder = course.solutions / name
    ignored = [*CourseDirectory(config=course.config()).ignore, "*.ipynb"]
    paths = sorted(Path(path) for path in find_all_files(str(folder), ignored))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _whole(cell: NotebookNode) -> NotebookNode:
    """A labelled cell as a graded notebook has it, without outputs."""
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.source, metadata={"nbgrader": cell.metadata.nbgrader | {"cell_type": cell.cell_type}})

"""Remarks on a notebook that is taken: files that stay out, cells of another assignment."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from nbformat import NotebookNode

from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.errors import CourseError
from gdm_grader.intake.names.handed import Handed
from gdm_grader.intake.names.meant import meant

MOST_LEFT_OUT = 3  # files that are left out


def left_out(course: Course, name: str, others: Iterable[Handed]) -> list[str]:
    """Name what a notebook may need or the student may have meant: modules and other notebooks, which stay out.

    A second file of the same name is not among these, nor what everybody was given.
    """
    given = {path.name for path in course.source(name).parent.iterdir()}
    notebooks = course.notebooks(name)
    found = []
    for one in others:
        own = PurePosixPath(one.file).name
        if own.endswith((".py", ".ipynb")) and own not in given and meant(own) not in notebooks:
            found.append(own)
    more = f" and {len(found) - MOST_LEFT_OUT} more" if len(found) > MOST_LEFT_OUT else ""
    return [f"left out: {', '.join(sorted(found)[:MOST_LEFT_OUT])}{more}"] if found else []


class Sheets:
    """The labels of each assignment's cells, read when they are asked for."""

    def __init__(self, course: Course, name: str) -> None:
        self._course, self._name = course, name
        self._own: set[str] | None = None

    def another(self, notebooks: Iterable[NotebookNode]) -> list[str]:
        """Say so where cells have labels, and none of them is one of this assignment: whose they may be.

        A notebook without labels says nothing: some tools drop them, and its answers are found all the same.
        """
        labels: set[str] = set()
        for notebook in notebooks:
            labels.update(map(label_of, notebook.cells))
        labels -= {""}
        if self._own is None:
            self._own = self._labels(self._name)
        if not labels or labels & self._own:
            return []
        shared = Counter({other: len(labels & self._labels(other)) for other in self._others()})
        likely = [f", but of {other}" for other, count in shared.most_common(1) if count]
        return [f"none of its cells is of {self._name}{''.join(likely)}: it may be another assignment's"]

    def _others(self) -> list[str]:
        found = {path.parent.name for path in self._course.solutions.glob("*/*.ipynb")}
        return sorted(found - {self._name})

    def _labels(self, name: str) -> set[str]:
        found: set[str] = set()
        for notebook in self._course.notebooks(name):
            try:
                found |= set(map(label_of, self._course.read_source(name, notebook).cells))
            except CourseError:  # it is told where that assignment is used
                continue
        return found - {""}

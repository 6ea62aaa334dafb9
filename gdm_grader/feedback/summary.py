"""For the head of a student's feedback: each task with its points, each failed test with its message."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Unicode

from gdm_grader.course.cells import GDM, Resources, label_of, task_of

PLAIN = {"AssertionError", "CellTimeoutError", "NotRun", "Stopped", "Unreadable"}  # their own words are a sentence
LONGEST = 400  # characters of one message


@dataclass
class Test:
    """A test cell; `message` is what its failure says, "" if it passed.

    `says` and `page` are the misconception that explains it, `example` a call and its wrong result, `title` the
    page's name for where there is no link; "" if not known.
    """

    label: str
    score: float
    points: float
    message: str
    says: str = ""
    page: str = ""
    example: str = ""
    title: str = ""


@dataclass
class TaskTests:
    """A task and its test cells."""

    name: str
    tests: list[Test]

    @property
    def score(self) -> float:
        return sum(test.score for test in self.tests)

    @property
    def points(self) -> float:
        return sum(test.points for test in self.tests)


class Summary(NbGraderPreprocessor):
    """Puts the tasks into the resources; runs after GetGrades, which brings the scores."""

    book = Unicode("", help="Where the book is published; without it a page of the book is named, not linked").tag(
        config=True)
    late = Dict(help="The days, the penalty and the rule of a submission that was late").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        resources["nbgrader"]["tasks"] = summary(nb, self.book.rstrip("/"))
        resources["nbgrader"]["late"] = self.late
        return nb, resources


def summary(nb: NotebookNode, book: str = "book") -> list[TaskTests]:
    """The tasks in the notebook's order."""
    cells = [(cell, cell.metadata.nbgrader) for cell in nb.cells if label_of(cell)]
    solutions = [label_of(cell) for cell, nbgrader in cells if nbgrader.solution]
    tasks: dict[str, TaskTests] = {}
    for cell, nbgrader in cells:
        if nbgrader.grade:
            name = task_of(label_of(cell), solutions)
            why = cell.metadata.get(GDM, {})
            test = Test(label_of(cell), nbgrader.score, nbgrader.points, message_of(cell), why.get("says", ""),
                        f"{book}/{why['page']}.html" if why.get("page") and book else "",
                        why.get("example", ""), why.get("page", "").rpartition("/")[2].replace("_", " "))
            tasks.setdefault(name, TaskTests(name, [])).tests.append(test)
    for task in tasks.values():
        _say_once(task.tests)
    return list(tasks.values())


def _say_once(tests: list[Test]) -> None:
    """What explains several failures in a row is said behind the last of them."""
    for test, following in pairwise([test for test in tests if test.message]):
        if test.says == following.says:
            test.says = ""


def message_of(cell: NotebookNode) -> str:
    """What a failed cell says: the words of an assertion or of the grader, else the error's name with its words."""
    errors: list[Any] = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if not errors:
        return ""
    error = errors[-1]
    plain = error.evalue if error.ename in PLAIN else f"{error.ename}: {error.evalue}"
    return (plain or "the test failed")[:LONGEST]

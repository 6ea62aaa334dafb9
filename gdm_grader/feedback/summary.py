"""For the head of a student's feedback: each task with its points, each failed test with its message."""

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Unicode

from gdm_grader.course.cells import GDM, SCHEME, Resources, is_by_hand, label_of, task_of

PLAIN = {"AssertionError", "CellTimeoutError", "NotRun", "Stopped", "Unreadable"}  # their own words are a sentence
MAX_MESSAGE_CHARS = 400
UNANSWERED_PREFIX = "NotImplementedError: "  # what the stub of the release raises
UNANSWERED_COMMENT = "No response."  # nbgrader's own, for a cell that is as it was handed out
BONUS = re.compile(r"(# )?\d+ bonus points?\b")  # how the test cell, or the rubric, of a bonus task begins


@dataclass
class Test:
    """A test cell; `message` is what its failure says, None if it passed.

    `says` and `page` are the misconception that explains it, `example` a call and its wrong result, `title` the
    page's name for where there is no link; None if not known.
    """

    label: str
    score: float
    points: float
    message: str | None
    says: str | None = None
    page: str | None = None
    example: str | None = None
    title: str | None = None


@dataclass
class TaskTests:
    """A task and its test cells; a bonus counts beyond the points of the others.

    `comments` are a person's; `rubric` is what an answer was graded by, None where nobody has, or there is none;
    `waiting` is whether a person has still to, `read` whether one has; `written` is an answer that no test judges.
    """

    name: str
    tests: list[Test]
    bonus: bool = False
    comments: list[str] = field(default_factory=list)
    rubric: str | None = None
    waiting: bool = False
    read: bool = False
    written: bool = False

    @property
    def answered(self) -> bool:
        """False if each test met the line that was to be replaced, or words are as they were handed out."""
        if self.written:
            return self.waiting or self.read
        return not all(test.message is not None and test.message.startswith(UNANSWERED_PREFIX) for test in self.tests)

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
    written = Dict(help="The rubrics of answers that a person grades, which of them wait, and which were read").tag(
        config=True)
    late = Dict(help="The days, the penalty and the rule of a submission that was late").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        tasks = summary(nb, self.book.rstrip("/"))
        _add_written(tasks, nb, self.written)
        resources["nbgrader"] |= {"tasks": tasks, "heading": heading(tasks), "late": self.late,
                                  "inside": notebook_points_inside(nb)}
        return nb, resources


def notebook_points_inside(nb: NotebookNode) -> float:
    """Return how many points rest on tests that ran in the student's own process."""
    return sum(cell.metadata.nbgrader.points for cell in nb.cells if cell.metadata.get(GDM, {}).get("inside"))


def heading(tasks: list[TaskTests]) -> str:
    """Return the points of the whole notebook, as in "18 of 20 points + 1 of 2 bonus points"."""
    parts = []
    for bonus in (False, True):
        some = [task for task in tasks if task.bonus is bonus]
        if some:
            score, points = sum(task.score for task in some), sum(task.points for task in some)
            parts.append(f"{score:g} of {points:g} {'bonus ' if bonus else ''}points")
    return " + ".join(parts)


def summary(nb: NotebookNode, book: str = "book") -> list[TaskTests]:
    """The tasks in the notebook's order."""
    cells = [(cell, cell.metadata.nbgrader) for cell in nb.cells if label_of(cell)]
    solutions = [label_of(cell) for cell, nbgrader in cells if nbgrader.solution]
    tasks: dict[str, TaskTests] = {}
    for cell, nbgrader in cells:
        if nbgrader.grade or nbgrader.get("task"):
            name = task_of(label_of(cell), solutions)
            why = cell.metadata.get(GDM, {})
            where = why.get("page")
            page = f"{book}/{where}.html" if where and book else None
            title = where.rpartition("/")[2].replace("_", " ") if where else None
            test = Test(label_of(cell), nbgrader.get("score", 0.0), nbgrader.points, message_of(cell), why.get("says"),
                        page, why.get("example"), title)
            task = tasks.setdefault(name, TaskTests(name, [], BONUS.match(cell.source) is not None))
            task.tests.append(test)
            task.written = is_by_hand(cell)
    for task in tasks.values():
        _say_once(task.tests)
    return list(tasks.values())


def _add_written(tasks: list[TaskTests], nb: NotebookNode, written: dict[str, Any]) -> None:
    """Add what a person said of an answer, and what it is graded by."""
    named = {task.name: task for task in tasks}
    for cell in nb.cells:
        label = label_of(cell)
        task = named.get(label)
        if task is None:
            continue
        comment = cell.metadata.nbgrader.get("comment")
        if comment and comment != UNANSWERED_COMMENT:
            task.comments.append(comment)
        rubric = written.get("rubrics", {}).get(label)
        task.bonus = task.bonus or BONUS.match(rubric or "") is not None
        task.waiting, task.read = label in written.get("waiting", ()), label in written.get("read", ())
        task.rubric = rubric if task.read else None
        if cell.metadata.nbgrader.get("task"):  # its text is the instructor's, with the rubric in it
            cell.source = SCHEME.sub("", cell.source)


def _say_once(tests: list[Test]) -> None:
    """Keep an explanation that several failures in a row share only behind the last of them."""
    for test, following in pairwise([test for test in tests if test.message is not None]):
        if test.says == following.says:
            test.says = None


def message_of(cell: NotebookNode) -> str | None:
    """The message of a failed cell: that of an assertion or of the grader, else the error's name and message."""
    errors: list[Any] = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if not errors:
        return None
    error = errors[-1]
    plain = error.evalue if error.ename in PLAIN else f"{error.ename}: {error.evalue}"
    return (plain or "the test failed")[:MAX_MESSAGE_CHARS]

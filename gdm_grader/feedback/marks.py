"""The marks of each student, as the gradebook has them: read at once for all whose pages are to be written.

A page asks the gradebook nothing: SQLAlchemy compiles its queries anew for each connection, which took a third of the
time of a page.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Any as AnyTrait

from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.feedback.written import rubrics
from gdm_grader.records import gradebook
from gdm_grader.records.late import Late, lateness

THEIRS, OURS = "nbgrader.preprocessors.GetGrades", f"{__name__}.PutMarks"
MAX_NAMED = 500  # students in one query, more are read with all: SQLite takes 999 values before its version 3.32
NotebookCell = tuple[str, str]  # a notebook's name, and a grade_id in it


@dataclass
class Marks:
    """One student's: points by cell, what a person gave, which cells wait for one; comments; what lateness costs."""

    student: str
    scores: dict[NotebookCell, float] = field(default_factory=dict)
    most: dict[NotebookCell, float] = field(default_factory=dict)
    by_hand: dict[NotebookCell, float] = field(default_factory=dict)
    waiting: list[NotebookCell] = field(default_factory=list)
    comments: dict[NotebookCell, str | None] = field(default_factory=dict)
    penalties: dict[str, float] = field(default_factory=dict)  # by notebook
    late: Late | None = None
    rubrics: dict[str, str] = field(default_factory=dict)  # of the assignment, by grade_id


def read(course: Course, name: str, students: Collection[str]) -> list[Marks]:
    """Return the marks of these students, in their order; ClassError where nothing was graded yet."""
    schemes = rubrics(course, name)
    found = {student: Marks(student, rubrics=schemes) for student in students}
    only = list(found) if len(found) <= MAX_NAMED else None
    with gradebook.open_gradebook(course) as book:
        most = {cell_of(key, name): points for key, points in gradebook.most(book, name).items()}
        for row in gradebook.grades(book, name, only):
            marks, cell = found.get(row.student, Marks(row.student)), cell_of(row.cell, name)
            marks.scores[cell], marks.most[cell] = row.score, most[cell]
            if row.manual_score is not None:
                marks.by_hand[cell] = row.manual_score
            elif row.auto_score is None:
                marks.waiting.append(cell)
        for row in gradebook.comments(book, name, only):
            found.get(row.student, Marks(row.student)).comments[row.notebook, row.cell] = row.comment
        for row in gradebook.penalties(book, name, only):
            found.get(row.student, Marks(row.student)).penalties[row.notebook] = row.penalty or 0
    for student, late in lateness(course, name, only).items():
        found.get(student, Marks(student)).late = late
    return list(found.values())


def cell_of(key: str, name: str) -> NotebookCell:
    """Return the notebook and the grade_id of a cell of the assignment `name`, by its key (course.cells.key_of)."""
    notebook, _, label = key.rpartition("/")
    return notebook or name, label


class PutMarks(NbGraderPreprocessor):
    """The step that writes points and comments into a notebook, as nbgrader's GetGrades does from the gradebook."""

    marks = AnyTrait(help="Those of the student whose notebook it is").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write each cell's points and comment into its metadata, and their sums into the resources."""
        notebook = resources["nbgrader"]["notebook"]
        for cell in nb.cells:
            place = notebook, label_of(cell)
            if utils.is_solution(cell) or utils.is_task(cell):
                cell.metadata.nbgrader["comment"] = self._known(self.marks.comments, place)
            if utils.is_grade(cell) or utils.is_task(cell):
                cell.metadata.nbgrader["score"] = self._known(self.marks.scores, place)
                cell.metadata.nbgrader["points"] = self.marks.most[place]
        penalty = self.marks.penalties.get(notebook, 0)
        resources["nbgrader"] |= {"score": of_notebook(self.marks.scores, notebook) - penalty,
                                  "max_score": of_notebook(self.marks.most, notebook), "late_penalty": penalty}
        return nb, resources

    def _known(self, values: dict[NotebookCell, Any], place: NotebookCell) -> Any:
        if place not in values:
            raise LookupError(f"Expected the cell {place[1]} of {place[0]} in the gradebook, found none.")
        return values[place]


def of_notebook(values: dict[NotebookCell, float], notebook: str) -> float:
    """Return the sum over the cells of a notebook."""
    return sum(value for (other, _), value in values.items() if other == notebook)

"""nbgrader's step that brings points and comments, with a query a notebook in the place of two a cell."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade
from nbgrader.preprocessors import GetGrades
from sqlalchemy.orm import joinedload

from gdm_grader.course.cells import label_of

THEIRS, OURS = "nbgrader.preprocessors.GetGrades", f"{__name__}.GetGradesAtOnce"


class GetGradesAtOnce(GetGrades):
    """GetGrades; a cell that the gradebook does not know is asked for as nbgrader asks, and told in its words."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write each cell's points and comment into its metadata, and their sum into the resources."""
        self.rows: dict[type, dict[str, Any]] = {}
        return super().preprocess(nb, resources)

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        grade = self._row(Grade, cell)
        if grade is None:
            super()._get_score(cell, resources)
            return
        cell.metadata.nbgrader["score"], cell.metadata.nbgrader["points"] = grade.score, grade.max_score

    def _get_comment(self, cell: NotebookNode, resources: Any) -> None:
        comment = self._row(Comment, cell)
        if comment is None:
            super()._get_comment(cell, resources)
            return
        cell.metadata.nbgrader["comment"] = comment.comment

    def _row(self, kind: type[Grade | Comment], cell: NotebookNode) -> Any:
        """Return what the gradebook has of this kind for a cell; the first call reads those of all cells."""
        if kind not in self.rows:
            notebook = self.gradebook.find_submission_notebook(self.notebook_id, self.assignment_id, self.student_id)
            query = self.gradebook.db.query(kind).filter(kind.notebook_id == notebook.id)
            self.rows[kind] = {row.name: row for row in query.options(joinedload(kind.cell))}
        return self.rows[kind].get(label_of(cell))

"""The preprocessors that this course would have if plain nbgrader graded it: no sandbox, no referee; to compare with.

The release, not the submission, says what each cell is and what is run.
"""

from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.api import Gradebook, SourceCell
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Integer

from gdm_grader.course.cells import REMARKS, SCHEMA, Resources, is_story, label_of, named, task_of
from gdm_grader.intake.restore import restore


class RestoreRelease(NbGraderPreprocessor):
    """Give every cell that the release knows the release's type and metadata, and drop all other metadata.

    The student's tags, points and labels count for nothing. Of cells with one label the last keeps it, missing
    test cells are added back in their place. What was mended is noted in the notebook's metadata.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(where["notebook"], where["assignment"])
            restore(nb, {cell.name: _released(cell, notebook) for cell in notebook.source_cells})
        return nb, resources


def _released(cell: SourceCell, notebook: Any) -> NotebookNode:
    """The release's cell, made from the gradebook's record of it."""
    points = {grade.name: grade.max_score for grade in notebook.grade_cells}
    solution = cell.name in {other.name for other in notebook.solution_cells}
    nbgrader = {"schema_version": SCHEMA, "grade_id": cell.name, "locked": cell.locked, "checksum": cell.checksum,
                "cell_type": cell.cell_type, "grade": cell.name in points, "solution": solution, "task": False}
    if cell.name in points:
        nbgrader["points"] = points[cell.name]
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    return make(cell.source, metadata={"nbgrader": nbgrader})


class ExecuteReleased(Execute):
    """Run a restored notebook: no story cells, and a kernel that is lost costs only what comes after it.

    A warning is no failure: what a test cell writes to stderr is shown, and costs nothing.
    """

    labelled_timeout = Integer(10, help="Seconds that a solution or a test cell may take").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.timeout_func = lambda cell: self.labelled_timeout if label_of(cell) else self.timeout
        self.lost = ""

    def preprocess(self, nb: NotebookNode, resources: Resources, km: Any = None) -> tuple[NotebookNode, Resources]:
        self.lost = ""
        return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell: NotebookNode, resources: Resources, index: int) -> tuple[NotebookNode, Resources]:
        if cell.cell_type != "code":
            return cell, resources
        if is_story(cell):
            cell.outputs = [new_output("stream", name="stdout", text="Not run while grading.\n")]
            return cell, resources
        if self.lost:
            cell.outputs = [_error("NotRun", f"not run: the notebook stopped at {self.lost}.")]
            return cell, resources
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except (CellTimeoutError, DeadKernelError) as error:
            self._lose(cell, error)
        _note_time_limit(self.nb, cell)
        if label_of(cell) and cell.metadata.nbgrader.grade:
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
        return cell, resources

    def _lose(self, cell: NotebookNode, error: Exception) -> None:
        why = ("it ran out of time and could not be interrupted" if isinstance(error, CellTimeoutError)
               else "its Python process ended")
        self.lost = named(cell)
        self.nb.metadata.setdefault(REMARKS, []).append(f"stopped at {self.lost}: {why}")
        cell.outputs = [_error("Stopped", f"the notebook stopped here: {why}.")]


def _note_time_limit(nb: NotebookNode, cell: NotebookNode) -> None:
    if any(output.output_type == "error" and output.ename == "CellTimeoutError" for output in cell.outputs):
        solutions = [label_of(other) for other in nb.cells if other.metadata.get("nbgrader", {}).get("solution")]
        task = task_of(label_of(cell), solutions) if label_of(cell) else named(cell)
        remark, remarks = f"time limit in {task}", nb.metadata.setdefault(REMARKS, [])
        if remark not in remarks:
            remarks.append(remark)


def _error(name: str, message: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=[f"\x1b[0;31m{name}\x1b[0m: {message}"])

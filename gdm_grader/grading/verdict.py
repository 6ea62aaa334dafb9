"""The points of one submission. What this module imports, and nothing else, can change a point."""

from collections.abc import Collection, Mapping

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, is_grade

from gdm_grader.course.assignment import Assignment
from gdm_grader.course.cells import REMARKS, is_by_hand, is_story, label_of
from gdm_grader.intake.restore import restore
from gdm_grader.referee.notebook.forbidden import forbidden_calls
from gdm_grader.referee.notebook.kernel_run import MAX_REMARKS, Times
from gdm_grader.referee.notebook.notebook_run import CellResult, NotebookRun, story_output
from gdm_grader.sandbox.host.kernels import Kernels


def decide(nb: NotebookNode, assignment: Assignment, kernels: Kernels, key: int, times: Times,
           files: Mapping[str, bytes], ended: Collection[str] = ()) -> dict[str, CellResult]:
    """Make a submission's notebook the graded one and return what each test cell said, by its grade_id.

    `key` is what all inputs are drawn from; the tests in `ended` are lost without being run. SandboxError if a kernel
    could not be started, or ended for no fault of the student's.
    """
    restore(nb, assignment.released)
    with NotebookRun(assignment, kernels, key, times, {**files, **assignment.files}, ended) as run:
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            if is_story(cell):
                cell.outputs = [story_output()]
            else:
                run.run(cell)
        run.end()
    nb.metadata[REMARKS] = few([*nb.metadata[REMARKS], *forbidden_calls(nb, assignment.refused), *run.remarks])
    return run.tested


def few(remarks: list[str]) -> list[str]:
    """Return the first remarks, and how many more there were."""
    if len(remarks) <= MAX_REMARKS:
        return remarks
    return [*remarks[:MAX_REMARKS], f"and {len(remarks) - MAX_REMARKS} more remarks"]


def points(tested: Mapping[str, CellResult], nb: NotebookNode) -> dict[str, float | None]:
    """Return the points of each graded cell of a notebook; None where a person gives them.

    An answer that a person grades and that is still the release's gets 0, as from nbgrader.
    """
    found: dict[str, float | None] = {label: result.verdict.score for label, result in tested.items()}
    for cell in nb.cells:
        if is_by_hand(cell):
            unchanged = is_grade(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            found[label_of(cell)] = 0.0 if unchanged else None
    return found

"""A submission's notebook made the release's: the release, not the submission, says what each cell is."""

import copy

from nbformat import NotebookNode

from gdm_grader.course.cells import REMARKS, bare_cell, is_locked, label_of


def restore(nb: NotebookNode, released: dict[str, NotebookNode]) -> None:
    """Make a submission's notebook the release's, in the student's order and with the student's answers."""
    remarks: list[str] = []
    cells = [_restored(cell, released) for cell in _without_duplicates(nb.cells, released, remarks)]
    _add_missing(cells, released, remarks)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nb.cells, nb.nbformat, nb.nbformat_minor = cells, 4, 5
    nb.metadata = NotebookNode({"kernelspec": {"name": "python3", "display_name": "Python 3",
                                               "language": "python"}, REMARKS: remarks})


def _without_duplicates(cells: list[NotebookNode], released: dict[str, NotebookNode],
                        remarks: list[str]) -> list[NotebookNode]:
    """Take a label from all but its last cell; a locked cell that lost its label goes altogether."""
    seen: set[str] = set()
    kept = []
    for cell in reversed(cells):
        label = label_of(cell)
        if label in seen:
            remarks.append(f"cell {label} was there twice")
            if is_locked(released[label]):
                continue
            cell.metadata.pop("nbgrader")
        elif label in released:
            seen.add(label)
        kept.append(cell)
    return kept[::-1]


def _restored(cell: NotebookNode, released: dict[str, NotebookNode]) -> NotebookNode:
    """The release's cell with the student's source where that is the answer; else the bare cell."""
    if label_of(cell) in released:
        new = copy.deepcopy(released[label_of(cell)])
        new["source"] = new.source if is_locked(new) else cell.source
        return new
    return bare_cell("code" if cell.cell_type == "code" else "markdown", cell.source)


def _add_missing(cells: list[NotebookNode], released: dict[str, NotebookNode], remarks: list[str]) -> None:
    """Put each missing test cell after the released cell that precedes it, or at the end if that one is missing too."""
    before = len(cells)
    there = {label_of(cell) for cell in cells}
    for label, cell in released.items():
        if label in there:
            before = 1 + next(place for place, other in enumerate(cells) if label_of(other) == label)
        elif cell.metadata.nbgrader.grade or cell.metadata.nbgrader.get("task"):
            remarks.append(f"cell {label} was missing")
            cells.insert(before, copy.deepcopy(cell))
            before += 1
        elif cell.metadata.nbgrader.solution:
            remarks.append(f"the answer {label} is missing")

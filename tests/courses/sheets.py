"""Small courses, one folder a kind of test: `sheet.txt` holds the cells, and right and wrong answers.

A line `# %% KIND NAME ...` begins a cell: `solution NAME`, `test NAME POINTS`, `locked NAME`, `plain`, `hand NAME
POINTS` (a text that a person grades), `handcode NAME POINTS`; `notebook NAME` begins a further notebook. Behind them
stand answers: `right NAME`, `wrong NAME loses TEST ...`, `wrong NAME gives TEST POINTS`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course.cells import key_of, label_of

HERE = Path(__file__).parent
KINDS = sorted(path.parent.name for path in HERE.glob("*/sheet.txt"))
HEAD = re.compile(r"^# %% (.+)\n", re.MULTILINE)
NAME = "sheet"
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'small'\n"


@dataclass
class Answer:
    """An answer to one solution cell, by its key, and the points of the tests that do not get all of theirs."""

    solution: str
    source: str
    points: dict[str, float] = field(default_factory=dict)


@dataclass
class Sheet:
    """One small course: its notebooks by name, its answers, and the files beside them."""

    kind: str
    notebooks: dict[str, NotebookNode]
    answers: list[Answer]

    @property
    def files(self) -> list[Path]:
        return [path for path in (HERE / self.kind).iterdir() if path.name != "sheet.txt"]

    def full(self) -> dict[str, float]:
        """The points of each test cell."""
        found = {}
        for notebook, nb in self.notebooks.items():
            for cell in nb.cells:
                marks = cell.metadata.get("nbgrader", {})
                if marks.get("grade") and not marks.get("solution"):
                    found[key_of(NAME, notebook, label_of(cell))] = float(marks["points"])
        return found


def read(kind: str, folder: Path = HERE) -> Sheet:
    _, *parts = HEAD.split((folder / kind / "sheet.txt").read_text(encoding="utf-8"))
    cells: dict[str, list[NotebookNode]] = {}
    answers, notebook = [], NAME
    for head, source in zip(parts[::2], parts[1::2], strict=True):
        what, *rest = head.split()
        if what == "notebook":
            notebook = rest[0]
        elif what in ("right", "wrong"):
            answers.append(_answer(rest, source.strip()))
        else:
            cells.setdefault(notebook, []).append(cell(what, rest, source.strip()))
    notebooks = {name: new_notebook(cells=own, metadata=METADATA) for name, own in cells.items()}
    return Sheet(kind, notebooks, answers)


def _answer(rest: list[str], source: str) -> Answer:
    solution, *effect = rest
    if effect[:1] == ["gives"]:
        return Answer(solution, source, {effect[1]: float(effect[2])})
    return Answer(solution, source, dict.fromkeys(effect[1:], 0.0))


def cell(what: str, rest: list[str], source: str) -> NotebookNode:
    if what == "plain":
        return new_code_cell(source)
    by_hand = what in ("hand", "handcode")
    marks = {"schema_version": 3, "grade_id": rest[0], "grade": what == "test" or by_hand,
             "solution": what == "solution" or by_hand, "locked": what in ("locked", "test"), "task": False}
    if len(rest) > 1:
        marks["points"] = float(rest[1])
    make = new_markdown_cell if what == "hand" else new_code_cell
    return make(source, metadata={"nbgrader": marks})


def joined(sheets: list[Sheet]) -> NotebookNode:
    """All cells of several courses as one notebook, so that one kernel is enough to try them all."""
    cells: list[NotebookNode] = []
    for sheet in sheets:
        for nb in sheet.notebooks.values():
            cells += nb.cells
    return new_notebook(cells=cells, metadata=METADATA)


def make(root: Path, notebooks: dict[str, NotebookNode], files: list[Path]) -> None:
    """Write a course with nbgrader's own layout."""
    folder = root / "source" / NAME
    folder.mkdir(parents=True)
    for name, nb in notebooks.items():
        nbformat.write(nb, folder / f"{name}.ipynb")
    for path in files:
        (folder / path.name).write_bytes(path.read_bytes())
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")

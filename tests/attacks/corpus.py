"""The attacks on the referee: what each file tries, and the submission that it makes.

A file is a cell that runs before all others. If it defines `answer`, that is the answer to every task; if it defines
`tamper`, that is done to the notebook's file instead. Files of `crash` are the answer to one task of a right notebook:
the one that they define. Where a file defines `cell`, the cell is the text that this returns.

`NAME` says which assignment is attacked. "elsewhere" is none of the course's: its tests are written as others may write
theirs, and hold what a hostile answer is written against. A file with ENDS = "its worker" may end the process that
grades it, since no computation of that kind can be interrupted; any other may not.
"""

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from gdm_grader.authoring import demo
from gdm_grader.course.assignment import Assignment
from tests.courses import sheets

HERE = Path(__file__).parent
KINDS = ("forge", "read", "crash")
TASK = "causal_mask"
ELSEWHERE = "elsewhere"
CARRIED = "carried_out_by_the_student"  # what an attack carries out once hidden tests have asked it, put together there


def names(kind: str) -> list[str]:
    return sorted(path.stem for path in (HERE / kind).glob("*.py") if path.stem != "conftest")


def source(kind: str, name: str) -> str:
    return (HERE / kind / f"{name}.py").read_text(encoding="utf-8")


def tries(kind: str, name: str) -> str:
    """Return what an attack tries, in a sentence."""
    return (ast.get_docstring(ast.parse(source(kind, name))) or "").splitlines()[0]


def assignment(kind: str, name: str) -> str:
    found = re.search(r'^NAME = "(\w+)"', source(kind, name), re.MULTILINE)
    return found[1] if found else "masks"


def may_end_its_worker(kind: str, name: str) -> bool:
    return '\nENDS = "its worker"\n' in source(kind, name)


def defined(kind: str, name: str) -> set[str]:
    """The functions that a file defines."""
    return {node.name for node in ast.parse(source(kind, name)).body if isinstance(node, ast.FunctionDef)}


def cell(kind: str, name: str) -> str:
    """The text of the cell that is handed in."""
    return run(kind, name)["cell"]() if "cell" in defined(kind, name) else source(kind, name)


def run(kind: str, name: str) -> dict[str, Any]:
    """Run a file here, and return what it defines; only for files that make a text or change a notebook."""
    space: dict[str, Any] = {}
    exec(source(kind, name), space)
    return space


def task(kind: str, name: str, sheet: Assignment) -> str:
    """The task that a file of `crash` answers."""
    return next(iter(defined(kind, name) & set(sheet.solutions)), TASK)


def submission(kind: str, name: str, sheet: Assignment, release: nbformat.NotebookNode) -> str:
    """The notebook's file as the attacker hands it in."""
    text, functions = cell(kind, name), defined(kind, name)
    if kind == "crash":
        return nbformat.writes(demo.filled(release, sheet.solutions | {task(kind, name, sheet): text}))
    answers = {task: f"{task} = answer" for task in sheet.solutions} if "answer" in functions else {}
    nb = demo.filled(release, answers)
    if "tamper" not in functions:
        nb.cells.insert(0, new_code_cell(text, id="attack"))
        return nbformat.writes(nb)
    content = json.loads(nbformat.writes(nb))
    run(kind, name)["tamper"](content)
    return json.dumps(content)


def write_elsewhere(root: Path) -> None:
    """Write the source of the assignment "elsewhere" into a course that is set up as this one."""
    folder = root / "solutions" / ELSEWHERE
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(sheets.read(ELSEWHERE, HERE).notebooks[sheets.NAME], folder / f"{ELSEWHERE}.ipynb")


def elsewhere(root: Path) -> None:
    """Make a course of "elsewhere" alone."""
    root.mkdir(exist_ok=True)
    shutil.copy(HERE.parents[1] / "nbgrader_config.py", root)
    write_elsewhere(root)

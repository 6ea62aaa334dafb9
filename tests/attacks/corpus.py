"""The attacks on the referee: what each file tries, and the submission that it makes.

A file is a cell that runs before all others. If it defines `answer`, that is the answer to every task; if it defines
`tamper`, that is done to the notebook's file instead. Files of `crash` are the answer to one task of a right notebook.
"""

import ast
import json
import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from gdm_grader.authoring import demo
from gdm_grader.course.assignment import Assignment

HERE = Path(__file__).parent
KINDS = ("forge", "read", "crash")
TASK = "causal_mask"


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


def submission(kind: str, name: str, sheet: Assignment, release: nbformat.NotebookNode) -> str:
    """The notebook's file as the attacker hands it in."""
    text = source(kind, name)
    defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    if kind == "crash":
        return nbformat.writes(demo.filled(release, sheet.solutions | {TASK: text}))
    answers = {task: f"{task} = answer" for task in sheet.solutions} if "answer" in defined else {}
    nb = demo.filled(release, answers)
    if "tamper" not in defined:
        nb.cells.insert(0, new_code_cell(text, id="attack"))
        return nbformat.writes(nb)
    content, space = json.loads(nbformat.writes(nb)), {}
    exec(text, space)
    space["tamper"](content)
    return json.dumps(content)

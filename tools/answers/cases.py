"""The cases of tests/answers: one file a task, each `def` an answer under @right("name") or @wrong("name", "means").

`means` names the misconceptions of the catalogue that may be said of the answer; without it none may. Read as text.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "tests" / "answers"


@dataclass(frozen=True)
class Case:
    """An answer that somebody may hand in, and what is true of it."""

    task: str
    name: str
    right: bool
    means: tuple[str, ...]
    source: str


def cases(assignment: str) -> list[Case]:
    """Return the cases of one assignment."""
    found = []
    for path in sorted((FOLDER / assignment).glob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for node in ast.parse(text).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            mark = node.decorator_list[0]
            assert isinstance(mark, ast.Call), f"{path.name}, line {node.lineno}: expected @right(...) or @wrong(...)"
            assert isinstance(mark.func, ast.Name)
            name, *means = [ast.literal_eval(argument) for argument in mark.args]
            source = "\n".join(lines[node.lineno - 1:node.end_lineno])
            found.append(Case(path.stem, name, mark.func.id == "right", tuple(means), source))
    return found

"""The catalogue of answers to an assignment: right ones written differently, wrong ones with what puts them right.

`solutions/<name>/catalogue/<task>.py` holds one file a graded function. Each top-level `def` is one complete
answer, marked by a decorator with literal arguments:

    @right("with torch.tril")
    def causal_mask(kernel_size, kind): ...

    @wrong("type B hides the current pixel", says="Your type B mask ...", page="autoregressive/causal-convolution",
           loses={"test_causal_mask_values": 2})
    def causal_mask(kernel_size, kind): ...

The files are read as text, never run. `library.txt` beside them names what gdm_lib has that answers a task itself,
which a submission may not call.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gdm_grader.errors import CourseError

SIGNATURES = {"right": ("name",), "wrong": ("name", "says", "page", "loses")}
LIBRARY_FILE = "library.txt"
TYPES = {"name": str, "says": str, "page": str, "loses": dict}


@dataclass(frozen=True)
class Answer:
    """One answer to a task. `loses` maps a test cell to the points that this answer loses there."""

    task: str
    kind: Literal["right", "wrong"]
    name: str
    source: str
    says: str = ""
    page: str = ""
    loses: dict[str, float] = field(default_factory=dict)


def load(folder: Path) -> dict[str, list[Answer]]:
    """Read every task's answers, in the order of the files: {task: [Answer, ...]}."""
    files = sorted(Path(folder).glob("*.py"))
    if not files:
        raise CourseError(f"Expected a catalogue with one <task>.py a graded function in {folder}, found none.")
    return {path.stem: read(path) for path in files}


def all_answers(folder: Path) -> list[Answer]:
    """Return every answer of a catalogue; none where there is no catalogue."""
    if not folder.is_dir():
        return []
    found: list[Answer] = []
    for answers in load(folder).values():
        found += answers
    return found


def in_library(folder: Path) -> tuple[str, ...]:
    """Return what gdm_lib has that answers a task of this assignment: the dotted names in `library.txt`, one a line."""
    path = folder / LIBRARY_FILE
    return tuple(path.read_text(encoding="utf-8").split()) if path.is_file() else ()


def read(path: Path) -> list[Answer]:
    """Read one task's answers; CourseError names the line that is not as expected."""
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        where = f"{path.name}, line {error.lineno}"
        raise CourseError(f"{where}: expected Python, got a syntax error: {error.msg}") from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    answers = [_answer(node, text, path) for node in functions]
    if not any(answer.kind == "right" for answer in answers):
        raise CourseError(f"{path.name}: expected at least one @right answer to {path.stem}, found none.")
    names = [answer.name for answer in answers]
    for node, answer in zip(functions, answers, strict=True):
        if names.count(answer.name) > 1:
            raise CourseError(f"{path.name}, line {node.lineno}: two answers are called {answer.name!r}. "
                             "Give each its own name.")
    return answers


def _answer(node: ast.FunctionDef, text: str, path: Path) -> Answer:
    where = f"{path.name}, line {node.lineno}"
    if node.name != path.stem:
        raise CourseError(f"{where}: expected an answer to {path.stem} (the file's name), got def {node.name}.")
    if len(node.decorator_list) != 1:
        raise CourseError(f"{where}: expected one decorator, @right(...) or @wrong(...), "
                         f"got {len(node.decorator_list)}.")
    kind, given = _decorator(node.decorator_list[0], where)
    lines = text.splitlines()[node.lineno - 1:node.end_lineno]
    return Answer(path.stem, kind, source="\n".join(lines), **given)


def _decorator(call: ast.expr, where: str) -> tuple[Any, dict[str, Any]]:
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SIGNATURES):
        raise CourseError(f"{where}: expected @right(...) or @wrong(...), got @{ast.unparse(call)}.")
    kind = call.func.id
    expected = SIGNATURES[kind]
    named = {str(keyword.arg): keyword.value for keyword in call.keywords}
    nodes = dict(zip(expected, call.args, strict=False)) | named
    if sorted(nodes) != sorted(expected) or len(call.args) + len(call.keywords) != len(expected):
        raise CourseError(f"{where}: expected @{kind}({', '.join(expected)}), got @{ast.unparse(call)}.")
    return kind, {key: _literal(value, key, where) for key, value in nodes.items()}


def _literal(node: ast.expr, key: str, where: str) -> Any:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        raise CourseError(f"{where}: expected a literal for {key}, got {ast.unparse(node)}. "
                         "The file is read, not run.") from None
    if not isinstance(value, TYPES[key]) or not value:
        raise CourseError(f"{where}: expected a {TYPES[key].__name__} that is not empty for {key}, got {value!r}.")
    return value

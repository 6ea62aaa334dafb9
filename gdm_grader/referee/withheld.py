"""The library without its answers: what a kernel finds in place of the files that hold what the tasks ask for.

A function or class that a task's answer could be taken from keeps its signature and its words, and raises. So do the
private helpers that nothing else uses. Read from the text alone: the grader does not import the library.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from gdm_grader.referee.refusals import LIBRARY_ANSWER

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@lru_cache(16)
def withheld(refused: tuple[str, ...]) -> Mapping[str, bytes]:
    """Return, by path, the content of each file of the library that has to be replaced in a kernel."""
    found = {}
    for package in sorted({name.partition(".")[0] for name in refused}):
        names = {name.rpartition(".")[2] for name in refused if name.startswith(f"{package}.")}
        for path in _files(package):
            text = path.read_text(encoding="utf-8")
            without = strip(text, names)
            if without != text:
                found[str(path)] = without.encode()
    return found


@lru_cache(16)
def helpers(refused: tuple[str, ...]) -> tuple[str, ...]:
    """Return the private functions that only these use, by their dotted names: what is imported has them, too."""
    found: list[str] = []
    for package in sorted({name.partition(".")[0] for name in refused}):
        names = {name.rpartition(".")[2] for name in refused if name.startswith(f"{package}.")}
        for path in _files(package):
            parts = path.with_suffix("").parts
            module = ".".join(parts[len(parts) - 1 - parts[::-1].index(package):]).removesuffix(".__init__")
            gone = _gone(ast.parse(path.read_text(encoding="utf-8")), names) - names
            found += [f"{module}.{name}" for name in sorted(gone)]
    return tuple(found)


def strip(text: str, names: set[str]) -> str:
    """Return a module's text in which these functions and classes, and what only they use, do nothing but raise.

    Lines keep their numbers.
    """
    tree = ast.parse(text)
    gone = _gone(tree, names)
    if not gone:
        return text
    lines = text.splitlines()
    for node in tree.body:
        if isinstance(node, Definition) and node.name in gone:
            for function in _functions(node):
                _empty(function, lines)
    return "\n".join(lines) + "\n"


def _gone(tree: ast.Module, names: set[str]) -> set[str]:
    """Return which of these functions and classes a module defines, with the private ones that only they use."""
    top = [node for node in tree.body if isinstance(node, Definition)]
    gone = {node.name for node in top} & names
    grown = bool(gone)
    while grown:
        used = _used([node for node in tree.body if getattr(node, "name", None) not in gone])
        helpers = _used([node for node in top if node.name in gone]) - used
        new = {node.name for node in top if node.name.startswith("_") and node.name in helpers} - gone
        gone |= new
        grown = bool(new)
    return gone


def answers(refused: tuple[str, ...]) -> dict[str, str]:
    """Return the source of each function or class of `refused`, by its name there; what is not found is left out."""
    found: dict[str, str] = {}
    for package in sorted({name.partition(".")[0] for name in refused}):
        names = {name.rpartition(".")[2]: name for name in refused if name.startswith(f"{package}.")}
        for path in _files(package):
            text = path.read_text(encoding="utf-8")
            for node in ast.parse(text).body:
                if isinstance(node, Definition) and node.name in names:
                    found[names[node.name]] = ast.get_source_segment(text, node) or ""
    return found


def _files(package: str) -> list[Path]:
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    found: list[Path] = []
    for folder in folders:
        found += [path.resolve() for path in sorted(Path(folder).rglob("*.py"))]
    return found


def _used(nodes: list[ast.stmt]) -> set[str]:
    parts = chain.from_iterable(map(ast.walk, nodes))
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _functions(node: Definition) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """A function itself, or a class's methods."""
    if not isinstance(node, ast.ClassDef):
        return [node]
    return [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]


def _empty(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> None:
    """Replace all but the documentation by one line that raises."""
    body = function.body
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if documented and len(body) == 1:
        return
    start, end = body[1 if documented else 0].lineno - 1, function.end_lineno or function.lineno
    lines[start] = f"{' ' * first.col_offset}raise RuntimeError({LIBRARY_ANSWER!r})"
    if start + 1 == function.lineno:  # the body stands on the line of its `def`
        indent = " " * function.col_offset
        lines[start] = f"{indent}def {function.name}(*_, **__): raise RuntimeError({LIBRARY_ANSWER!r})"
    for number in range(start + 1, end):
        lines[number] = ""

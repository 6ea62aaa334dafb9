"""Python in a notebook's cells: what is left of a cell without magics, and what its statements define and use."""

import ast
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

IPYTHON = "get_ipython"  # the function that a magic or a shell command is turned into a call of


@lru_cache(2048)
def parsed(source: str) -> ast.Module:
    """Return the tree of a cell, in which magics and shell commands are calls; an empty one for what is not Python."""
    for text in (source, None):
        try:
            return ast.parse(TransformerManager().transform_cell(source) if text is None else text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return ast.Module([], [])


@lru_cache(2048)
def without_magics(source: str) -> str:
    """Return a cell without its magics and shell commands, which only a notebook can run."""
    try:
        ast.parse(source)
    except SyntaxError:
        tree = parsed(source)
        kept = [node for node in tree.body if IPYTHON not in used(node)]
        return ast.unparse(ast.Module(kept, []))
    return source


def given(source: str) -> list[str]:
    """The names that a cell gives to the notebook at its top level."""
    names: list[str] = []
    for node in parsed(source).body:
        names += stored(node)
    return list(dict.fromkeys(names))


def defined(source: str) -> list[str]:
    """Functions, classes and variables that a cell defines at its top level."""
    names: list[str] = []
    for node in parsed(source).body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            names += stored(node)
    return list(dict.fromkeys(names))


def import_statements(source: str) -> list[str]:
    """The import statements of a cell, wherever they stand at its top level."""
    return [ast.unparse(node) for node in parsed(source).body if isinstance(node, (ast.Import, ast.ImportFrom))]


def stored(node: ast.stmt) -> list[str]:
    """The names that a statement gives to the notebook."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    return []


def used(node: ast.AST) -> set[str]:
    """The names that a piece of code looks up or deletes."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store)}

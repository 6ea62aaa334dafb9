"""Find calls of the library's own answers in a submission by reading it; when it runs they are refused."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from nbformat import NotebookNode

from gdm_grader.course.cells import is_locked, label_of, named


def forbidden_calls(nb: NotebookNode, refused: tuple[str, ...]) -> list[str]:
    """A sentence for each of the student's cells that names a refused function."""
    found = []
    for cell in nb.cells:
        if cell.cell_type == "code" and not (label_of(cell) and is_locked(cell)):
            names = mentioned(cell.source)
            found += [f"{named(cell)}: calls {name}, which is the library's own answer"
                      for name in refused if name in names]
    return found


@lru_cache(512)
def mentioned(source: str) -> frozenset[str]:
    """Dotted names in the code, written out by its imports. Most cells are the same in a whole class."""
    return frozenset(_mentioned(source))


def _mentioned(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {name.asname or name.name.split(".")[0]: name.name if name.asname else name.name.split(".")[0]
                      for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            known |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
    yield from known.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            root, dot, rest = ast.unparse(node).partition(".")
            yield known.get(root, root) + dot + rest

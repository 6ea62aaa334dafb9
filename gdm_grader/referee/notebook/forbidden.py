"""Find calls of the library's own answers in a submission by reading it; when it runs they are refused."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from nbformat import NotebookNode

from gdm_grader.course.cells import is_locked, label_of, named

MAX_DOTTED_PARTS = 20  # of a dotted name; no function of a library has a longer one
MAX_READ_CHARS = 50_000  # of a cell; what a longer one calls is refused when it runs
# Of a notebook. To read an f-string of many parts costs Python 3.11 their number squared: 50,000 characters take 2 s.
MAX_READ_TOGETHER = 10 * MAX_READ_CHARS


def forbidden_calls(nb: NotebookNode, refused: tuple[str, ...]) -> list[str]:
    """A sentence for each of the student's cells that names a refused function; of long notebooks the first cells."""
    found: list[str] = []
    left = MAX_READ_TOGETHER
    for cell in nb.cells:
        if cell.cell_type != "code" or (label_of(cell) and is_locked(cell)) or len(cell.source) > MAX_READ_CHARS:
            continue
        left -= len(cell.source)
        if left < 0:
            break
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
    for names in _dotted(tree):
        for end in range(2, min(len(names), MAX_DOTTED_PARTS) + 1):
            yield ".".join([known.get(names[0], names[0]), *names[1:end]])


def _dotted(tree: ast.AST) -> Iterator[list[str]]:
    """The parts of each dotted name, such as gdm_lib, masks, causal_mask; each node is visited once."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.Attribute):
            waiting += ast.iter_child_nodes(node)
            continue
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            yield [node.id, *parts[::-1]]
        waiting.append(node)

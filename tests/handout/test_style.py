"""The style that CONTRIBUTING asks for, as far as a program sees it.

It is asked of both packages, of tools/, of the book's code, and of the tests.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("gdm_lib", "gdm_grader", "tools", "book/_ext", "tests")
PACKAGES = ("gdm_lib", "gdm_grader")
# tests/answers/SHEET and tests/attacks/KIND hold what students write, in their own style.
THEIRS = {*(ROOT / "tests" / "answers").iterdir(), *(ROOT / "tests" / "attacks").iterdir()}
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
QUESTION = re.compile(r"(What|Whether|Who|How|Where|Why|When)\b")
PRIVATE_TERMS = re.compile(r"\b(stand-ins?|zygotes?|rungs?|agents?)\b")
# Names that mean the same wherever they are defined: the verb of a module, and what a command calls itself.
SHARED_NAMES = {"main", "read", "write", "load", "save", "make", "serve", "log", "differences", "sample_incremental"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60


class File(NamedTuple):
    path: Path
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.path.parts[0]


@cache
def files() -> tuple[File, ...]:
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not THEIRS & set(path.parents):
                text = path.read_text(encoding="utf-8")
                found.append(File(path.relative_to(ROOT), text, ast.parse(text)))
    return tuple(found)


def nodes(kind: type | tuple[type, ...]) -> Iterator[tuple[Path, ast.AST]]:
    for file in files():
        for node in ast.walk(file.tree):
            if isinstance(node, kind):
                yield file.path, node


def docstrings() -> Iterator[tuple[Path, str]]:
    for path, node in nodes((*FUNCTIONS, ast.ClassDef, ast.Module)):
        text = ast.get_docstring(node)
        if text:
            yield path, text


def is_nested(node: ast.AST) -> bool:
    inner = any(isinstance(child, COMPREHENSIONS) for child in ast.walk(node) if child is not node)
    return inner or len(node.generators) > 1


def test_no_comprehension_is_nested_or_double():
    assert [f"{path}:{node.lineno}" for path, node in nodes(COMPREHENSIONS) if is_nested(node)] == []


def is_own_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("self._")


def test_no_call_stands_in_for_a_branch():
    """`verdict = self._open() or self._try(cell)` hides that the second is done only if the first says nothing."""
    conditions: set[ast.AST] = set()
    for _, node in nodes((ast.If, ast.While, ast.IfExp)):
        conditions |= set(ast.walk(node.test))
    found = [f"{path}:{node.lineno}" for path, node in nodes(ast.BoolOp)
             if node not in conditions and sum(map(is_own_call, node.values)) > 1]
    assert found == []


def test_a_docstring_states_what_the_thing_does():
    assert [f"{path}: {text.splitlines()[0]}" for path, text in docstrings() if QUESTION.match(text)] == []


def test_a_docstring_uses_the_fields_terms():
    """A proxy is no stand-in, a fork server no zygote, a level of isolation no rung, the kernel's server no agent."""
    found = [f"{path}: {text.splitlines()[0]}" for path, text in docstrings()
             if path.parts[0] in PACKAGES and PRIVATE_TERMS.search(text)]
    assert found == []


def lines_of(function: ast.FunctionDef) -> int:
    """Without its docstring, which may explain as much as it needs to."""
    first = function.body[0]
    documented = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno + 1 - documented


def test_a_file_holds_one_idea_and_a_function_fits_on_a_screen():
    long_files = [str(file.path) for file in files() if file.text.count("\n") > MAX_FILE_LINES]
    long_functions = [f"{path}: {node.name}" for path, node in nodes(FUNCTIONS) if lines_of(node) > MAX_FUNCTION_LINES]
    assert (long_files, long_functions) == ([], [])


def is_command(path: Path, node: ast.AST) -> bool:
    """A command is named as the function that does the work."""
    return path.name.startswith("cli") and isinstance(node, FUNCTIONS)


def definitions(file: File) -> Iterator[tuple[str, str]]:
    """Each name that a module defines at its top, and what it means: a constant its value, else the place."""
    for node in file.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, ast.unparse(node.value)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not is_command(file.path, node):
            yield node.name, str(file.path)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_has_one_meaning(package):
    """The same name for two things makes a reader look twice. Two constants with one value mean the same."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for file in files():
        if file.room == package:
            for name, meaning in definitions(file):
                meanings[name].add(meaning)
    found = {name: sorted(places) for name, places in meanings.items()
             if len(places) > 1 and not name.startswith("_") and name not in SHARED_NAMES}
    assert found == {}


@pytest.mark.parametrize("room", ["referee", "sandbox", "grading", "course", "records", "intake"])
def test_every_public_function_of_a_room_says_what_it_does(room):
    found = []
    for path, node in nodes((*FUNCTIONS, ast.ClassDef)):
        if path.parts[:2] != ("gdm_grader", room) or node.name.startswith("_") or ast.get_docstring(node):
            continue
        if room == "referee" or not is_a_hook(node):
            found.append(f"{path}:{node.lineno} {node.name}")
    assert found == []


def is_a_hook(node: ast.AST) -> bool:
    """A method that a library calls, or the body of a decorated one-liner, is described by who calls it."""
    return len(getattr(node, "body", [])) == 1 and isinstance(node.body[0], (ast.Return, ast.Expr))

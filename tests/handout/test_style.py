"""The style that CONTRIBUTING asks for, as far as a program sees it.

It is asked of both packages, of tools/, of the book's code, and of what several tests share.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("gdm_lib", "gdm_grader", "tools", "book/_ext")
# tests/answers/SHEET and tests/attacks/KIND hold what students write, in their own style.
THEIRS = {*(ROOT / "tests" / "answers").iterdir(), *(ROOT / "tests" / "attacks").iterdir()}
FILES = sorted(path for path in (ROOT / "tests").rglob("*.py")
               if not path.name.startswith("test_") and not THEIRS & set(path.parents))
for room in ROOMS:
    FILES += sorted((ROOT / room).rglob("*.py"))
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
QUESTION = re.compile(r"(What|Whether|Who|How|Where|Why|When)\b")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60


def trees():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        yield path.relative_to(ROOT), text, ast.parse(text)


def is_nested(node: ast.AST) -> bool:
    inner = any(isinstance(child, COMPREHENSIONS) for child in ast.walk(node) if child is not node)
    return inner or len(node.generators) > 1


def documented(tree: ast.Module):
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Module)):
            yield node, ast.get_docstring(node)


def test_no_comprehension_is_nested_or_double():
    found = [f"{path}:{node.lineno}" for path, _, tree in trees() for node in ast.walk(tree)
             if isinstance(node, COMPREHENSIONS) and is_nested(node)]
    assert found == []


def is_own_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("self._")


def test_no_call_stands_in_for_a_branch():
    """`verdict = self._open() or self._try(cell)` hides that the second is done only if the first says nothing."""
    found = []
    for path, _, tree in trees():
        conditions: set[ast.AST] = set()
        for node in ast.walk(tree):
            if isinstance(node, (ast.If, ast.While, ast.IfExp)):
                conditions |= set(ast.walk(node.test))
        found += [f"{path}:{node.lineno}" for node in ast.walk(tree) if isinstance(node, ast.BoolOp)
                  and node not in conditions and len([one for one in node.values if is_own_call(one)]) > 1]
    assert found == []


def test_a_docstring_states_what_the_thing_does():
    found = [f"{path}: {text.splitlines()[0]}" for path, _, tree in trees() for _, text in documented(tree)
             if text and QUESTION.match(text)]
    assert found == []


def lines_of(function: ast.FunctionDef) -> int:
    """Without its docstring, which may explain as much as it needs to."""
    first = function.body[0]
    documented = first.end_lineno - first.lineno + 1 if ast.get_docstring(function) else 0
    return function.end_lineno - function.lineno + 1 - documented


def test_a_file_holds_one_idea_and_a_function_fits_on_a_screen():
    long_files = [str(path) for path, text, _ in trees() if text.count("\n") > MAX_FILE_LINES]
    long_functions = [f"{path}: {node.name}" for path, _, tree in trees() for node in ast.walk(tree)
                      if isinstance(node, FUNCTIONS) and lines_of(node) > MAX_FUNCTION_LINES]
    assert (long_files, long_functions) == ([], [])


def test_a_constant_has_one_meaning_in_the_grader():
    """The same name with two values in two files makes a reader look twice."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for path, _, tree in trees():
        if path.parts[0] != "gdm_grader":
            continue
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name.isupper() and isinstance(node.value, (ast.Constant, ast.BinOp)):
                    meanings[name].add(ast.unparse(node.value))
    assert {name: values for name, values in meanings.items() if len(values) > 1} == {}


@pytest.mark.parametrize("room", ["referee", "sandbox", "grading", "course", "records", "intake"])
def test_every_public_function_of_a_room_says_what_it_does(room):
    found = []
    for path, _, tree in trees():
        if path.parts[:2] != ("gdm_grader", room):
            continue
        for node in ast.walk(tree):
            public = isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_")
            if public and not ast.get_docstring(node) and (room == "referee" or not is_a_hook(node)):
                found.append(f"{path}:{node.lineno} {node.name}")
    assert found == []


def is_a_hook(node: ast.AST) -> bool:
    """A method that a library calls, or the body of a decorated one-liner, is described by who calls it."""
    return len(getattr(node, "body", [])) == 1 and isinstance(node.body[0], (ast.Return, ast.Expr))

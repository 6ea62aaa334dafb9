"""Tests that ask for what only the student's own process has: they are recognized by their text.

Asked from outside, such a test may pass for every answer: nothing is printed here, nothing plotted, no file written.
"""

import ast
from collections.abc import Collection

from gdm_grader.course import code

MODULES = {"inspect": "it reads the student's source", "mock": "it replaces what the student's code calls",
           "unittest.mock": "it replaces what the student's code calls", "dis": "it reads the student's code",
           "tempfile": "it works with files", "shutil": "it works with files", "glob": "it works with files",
           "pathlib": "it works with files", "gc": "it looks at the student's objects"}
CALLS = {"open": "it works with files", "exists": "it works with files", "redirect_stdout": "it reads what is printed",
         "redirect_stderr": "it reads what is printed", "capture_output": "it reads what is printed",
         "getsource": "it reads the student's source", "signature": "it reads the student's signature",
         "patch": "it replaces what the student's code calls", "gcf": "it looks at the student's plot",
         "gca": "it looks at the student's plot", "get_fignums": "it looks at the student's plot",
         "globals": "it looks at the notebook's names", "locals": "it looks at the notebook's names",
         "vars": "it looks at the notebook's names", "dir": "it looks at the notebook's names",
         "get_ipython": "it uses a magic or a shell command", "getsizeof": "it looks at the student's objects"}
UNSEEN_ATTRIBUTES = {"stdout": "it reads what is printed", "stderr": "it reads what is printed",
              "__code__": "it reads the student's code", "__doc__": "it reads the student's text",
              "__defaults__": "it reads the student's signature", "__annotations__": "it reads the student's signature"}
REPLACES = "it replaces a name of the notebook"


def unseen(source: str, answers: Collection[str]) -> str | None:
    """Return what a test asks for that cannot be asked from outside; None if nothing is seen.

    `answers` are the names that the solutions define: a test that gives or deletes one means the notebook's own.
    """
    for node in ast.walk(code.parsed(source)):
        reason = _reason(node, answers)
        if reason is not None:
            return reason
    return None


def _reason(node: ast.AST, answers: Collection[str]) -> str | None:
    if isinstance(node, ast.Import):
        return next((MODULES[alias.name] for alias in node.names if alias.name in MODULES), None)
    if isinstance(node, ast.ImportFrom):
        names = [node.module or "", *(alias.name for alias in node.names)]
        return next((MODULES[name] for name in names if name in MODULES), None)
    if isinstance(node, ast.Call):
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        return CALLS.get(name)
    if isinstance(node, ast.Attribute):
        return UNSEEN_ATTRIBUTES.get(node.attr)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and node.id in answers:
        return REPLACES
    return None

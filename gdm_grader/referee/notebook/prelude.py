"""The names that a test cell takes over from those before it: each runs in a fork of its own."""

import ast
from collections.abc import Collection, Sequence

from gdm_grader.course import code


def before(source: str, earlier: Sequence[str], known: Collection[str]) -> list[str]:
    """Return the statements of earlier test cells that define what this one uses, and what these use in turn.

    `known` are names that come from elsewhere, the student's answers above all: nothing may replace these.
    """
    wanted = code.used(code.parsed(source)) - set(known)
    statements: list[ast.stmt] = []
    for text in earlier:
        statements += code.parsed(text).body
    kept: list[str] = []
    for statement in reversed(statements):
        if wanted & set(code.stored(statement)):
            kept.append(ast.unparse(statement))
            wanted |= code.used(statement) - set(known)
    return kept[::-1]

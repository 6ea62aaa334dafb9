"""The teacher's plan fills ninety minutes, and the mistakes that it quotes are those of the catalogue."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAN = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
MINUTES = 90


def mistakes() -> set[str]:
    """The names of all wrong answers in the catalogue."""
    names = set()
    for path in (ROOT / "solutions").glob("*/catalogue/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "wrong":
                names.add(ast.literal_eval(node.args[0]))
    return names


def test_the_parts_follow_each_other_and_fill_ninety_minutes() -> None:
    times = [(int(start), int(end)) for start, end in re.findall(r"^## (\d+)–(\d+):", PLAN, re.MULTILINE)]
    starts, ends = [start for start, _ in times], [end for _, end in times]
    assert starts == [0, *ends[:-1]]
    assert ends[-1] == MINUTES


def test_the_quoted_mistakes_are_in_the_catalogue() -> None:
    parts = re.findall(r"^Mistakes that come\n: (.*)$", PLAN, re.MULTILINE)
    quoted = []
    for part in parts:
        quoted += re.findall(r'"([^"]+)"', part.split(". ")[0])
    assert len(quoted) > 15
    known = mistakes()
    assert not [name for name in quoted if name not in known and name != "flows are slow to sample"]

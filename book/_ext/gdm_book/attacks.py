"""`{plain-nbgrader}`: a table of what attacks do to plain nbgrader, from book/attacks.json; `:each:` names them all.

The file is made by `make attacks-plain`, and no number of it is written anywhere by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SOURCE = Path("book", "attacks.json")
KINDS = {"forge": "forge points", "read": "read what is hidden", "escape": "escape into the machine",
         "exhaust": "use it up", "crash": "crash in the middle of a test"}
HEAD = ("Attacks that", "tried", "get points", "get what they want", "leave no grade", "stop the run")
EFFECTS = {"reads": "gets what it wants", "changes": "changes files of the course", "sends": "sends data out",
           "stays": "lives on after grading", "kills": "ends another process", "stops": "ends the grading of the class",
           "hangs": "grading never ends", "fills": "takes all memory there is"}
CODE = re.compile(r"`([^`]+)`")
GETS, STOPS = ("reads", "changes", "sends", "stays", "kills"), ("stops", "hangs", "fills")


def load(root: Path) -> list[dict[str, Any]]:
    """The entries in the order of `KINDS`."""
    entries = json.loads((root / SOURCE).read_text(encoding="utf-8"))
    return sorted(entries, key=lambda entry: list(KINDS).index(entry["kind"]))


def summary(entries: Sequence[dict[str, Any]]) -> list[list[str]]:
    """One row a kind, how many attacks of it do what."""
    rows = []
    for kind, title in KINDS.items():
        tried = [entry for entry in entries if entry["kind"] == kind and "not_tried" not in entry]
        counts = (len(tried), sum(entry.get("points", 0) > 0 for entry in tried), _count(tried, GETS),
                  sum(not entry.get("graded") and not any(map(entry.get, STOPS)) for entry in tried),
                  _count(tried, STOPS))
        rows.append([title, *map(str, counts)])
    return rows


def _count(entries: Sequence[dict[str, Any]], effects: Sequence[str]) -> int:
    return sum(any(map(entry.get, effects)) for entry in entries)


def effect(entry: dict[str, Any]) -> str:
    """Say what one attack does there."""
    if "not_tried" in entry:
        return f"not tried: {entry['not_tried']}"
    found = [f"gets {entry['points']:g} point{'s' * (entry['points'] != 1)}"] if entry.get("points", 0) > 0 else []
    found += [says for name, says in EFFECTS.items() if entry.get(name)]
    if not entry.get("graded") and not any(map(entry.get, STOPS)):
        found.append("its own student is left without a grade")
    return "; ".join(found) or "nothing"


class PlainNbgrader(SphinxDirective):
    option_spec: ClassVar[dict[str, Any]] = {"each": directives.flag}

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / SOURCE))
        entries = load(root)
        if "each" not in self.options:
            return [_table(HEAD, summary(entries), [40, 12, 12, 12, 12, 12], "attacks")]
        rows = [[KINDS[entry["kind"]], entry["tries"], effect(entry)] for entry in entries]
        return [_table(("To", "it does this", "on plain nbgrader"), rows, [20, 48, 32], "lecture-map")]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], name: str) -> nodes.table:
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in widths), cols=len(widths))
    group += nodes.thead("", _line(head))
    group += nodes.tbody("", *map(_line, rows))
    return nodes.table("", group, classes=[name, "colwidths-given"])


def _line(cells: Sequence[str]) -> nodes.row:
    *others, last = (nodes.paragraph("", "", *_text(cell)) for cell in cells)
    last["classes"].append("effect")  # book.css says on a phone what it is
    return nodes.row("", *(nodes.entry("", paragraph) for paragraph in (*others, last)))


def _text(cell: str) -> list[nodes.Node]:
    """Words, and what stands between backquotes as code."""
    return [nodes.literal("", part) if number % 2 else nodes.Text(part) for number, part in enumerate(CODE.split(cell))]


def setup(app: Sphinx) -> None:
    app.add_directive("plain-nbgrader", PlainNbgrader)

"""Code that does not teach is folded: imports, code that only draws, and the assertions at the end of a cell.

A page shows what it argues with. The rest is one press away, open on paper, and in the notebook as it is.
"""

from __future__ import annotations

import ast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

IMPORTS, DRAWING, CHECKS = "Imports and settings", "The code of this figure", "What is checked here"
OTHER = "The code"  # of a cell that its tags fold


def kind(source: str) -> str | None:
    """The summary under which a whole cell is folded, or None."""
    if "plot.style()" in source:
        return IMPORTS
    if "plt.show()" in source:
        return DRAWING
    if source.strip() and shown_and_checked(source)[0] == "":
        return CHECKS
    return None


def shown_and_checked(source: str) -> tuple[str, str]:
    """The source up to the assertions that end it, and these; either may be empty."""
    lines = source.splitlines()
    body = ast.parse(source).body
    first = len(lines) + 1
    for statement in reversed(body):
        if not isinstance(statement, ast.Assert):
            break
        first = statement.lineno
    return "\n".join(lines[: first - 1]).rstrip(), "\n".join(lines[first - 1 :])


def fold_cell(cell: nodes.container, summary: str) -> None:
    """MyST-NB's own folding, with words of ours."""
    cell["hide_mode"] = "input"
    cell["prompt_show"] = cell["prompt_hide"] = summary


def fold_checks(block: nodes.literal_block) -> None:
    """Leave in view what comes before the assertions, and put these into an element that opens."""
    shown, checked = shown_and_checked(block.rawsource or block.astext())
    if not checked:
        return
    checks = block.deepcopy()
    for part, text in ((block, shown), (checks, checked)):
        part.rawsource = text
        part.children = [nodes.Text(text)]
    start = nodes.raw("", f'<details class="checks"><summary>{CHECKS}</summary>', format="html")
    place = block.parent.index(block)
    block.parent[place + 1 : place + 1] = [start, checks, nodes.raw("", "</details>", format="html")]


class Fold(SphinxPostTransform):
    default_priority = 150  # before MyST-NB hides what is marked
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") != "cell_code" or cell.get("hide_mode") not in (None, "input"):
                continue
            block = next((b for b in cell.findall(nodes.literal_block) if "output" not in b["classes"]), None)
            if block is None or cell.children[0].get("nb_element") != "cell_code_source":
                continue
            source = block.rawsource or block.astext()
            try:
                summary = kind(source)
            except SyntaxError:  # a line of IPython's own
                continue
            if summary or cell.get("hide_mode"):
                fold_cell(cell, summary or OTHER)
            else:
                fold_checks(block)


def setup(app: Sphinx) -> None:
    app.add_post_transform(Fold)

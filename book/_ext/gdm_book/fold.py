"""Code that does not teach is folded: imports, code that only draws, and the checks at the end of a cell.

A page shows what it argues with. The rest is one press away, open on paper, and in the notebook as it is. What a cell
prints stands right below its code, and what is checked below that. Folded cells in a row open as one.
"""

from __future__ import annotations

import ast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

IMPORTS, DRAWING, CHECKS = "Imports and settings", "The code of this figure", "What is checked here"
OTHER = "The code"  # of a cell that its tags fold
DRAWS = ("plt.show()", "HTML(")  # the ends of a cell that draws


def kind(source: str) -> str | None:
    """The summary under which a whole cell is folded, or None."""
    if "plot.style()" in source:
        return IMPORTS
    if any(end in source for end in DRAWS):
        return DRAWING
    if source.strip() and shown_and_checked(source)[0] == "":
        return CHECKS
    return None


def kind_of_folded(source: str) -> str:
    """The summary of a cell that its tags fold: what is checked, if it computes only for that."""
    body = ast.parse(source).body
    defines = any(isinstance(statement, ast.FunctionDef | ast.ClassDef) for statement in body)
    checks = any(is_check(statement) for statement in body)
    return kind(source) or (CHECKS if checks and not defines else OTHER)


def is_check(statement: ast.stmt) -> bool:
    """An assertion, a call such as torch.testing.assert_close, or a loop over nothing else."""
    if isinstance(statement, ast.For):
        return all(is_check(inner) for inner in statement.body)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func).rpartition(".")[2].startswith("assert")
    return isinstance(statement, ast.Assert)


def shown_and_checked(source: str) -> tuple[str, str]:
    """The source up to the checks that end it, and these; either may be empty."""
    lines = source.splitlines()
    body = ast.parse(source).body
    first = len(lines) + 1
    for statement in reversed(body):
        if not is_check(statement):
            break
        first = statement.lineno
    return "\n".join(lines[: first - 1]).rstrip(), "\n".join(lines[first - 1 :])


def fold_cell(cell: nodes.container, summary: str) -> None:
    """MyST-NB's own folding, with words of ours."""
    cell["hide_mode"] = "input"
    cell["prompt_show"] = cell["prompt_hide"] = summary


def fold_checks(cell: nodes.container, block: nodes.literal_block) -> nodes.literal_block | None:
    """Leave in view what comes before the checks, and put these into an element that opens, below the output.

    Return the checks, if there are any.
    """
    shown, checked = shown_and_checked(block.rawsource or block.astext())
    if not checked:
        return None
    checks = block.deepcopy()
    for part, text in ((block, shown), (checks, checked)):
        part.rawsource = text
        part.children = [nodes.Text(text)]
    start = nodes.raw("", f'<details class="checks"><summary>{CHECKS}</summary>', format="html")
    cell += [start, checks, nodes.raw("", "</details>", format="html")]
    return checks


def add_to_checks(checks: nodes.literal_block, cell: nodes.container, source: str) -> bool:
    """Append a cell that only checks, and prints nothing, to the checks of the cell before it."""
    before = checks.parent
    follows = cell.parent is before.parent and cell.parent.index(cell) == cell.parent.index(before) + 1
    if not follows or len(cell.children) > 1:
        return False
    text = f"{checks.astext()}\n{source}"
    checks.rawsource, checks.children = text, [nodes.Text(text)]
    cell.parent.remove(cell)
    return True


def join(before: nodes.container, cell: nodes.container) -> None:
    """Put the code of a folded cell without output in front of the next one's, if that is folded as well."""
    follows = cell.parent is before.parent and cell.parent.index(cell) == cell.parent.index(before) + 1
    alike = before["prompt_show"] in (OTHER, cell["prompt_show"])
    if not (follows and alike and len(before.children) == 1):
        return
    cell.children[0][0:0] = before.children[0].children
    before.parent.remove(before)


class Fold(SphinxPostTransform):
    default_priority = 150  # before MyST-NB hides what is marked
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        folded: nodes.container | None = None
        checks: nodes.literal_block | None = None  # of the last cell that has code in view
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") != "cell_code" or cell.get("hide_mode") not in (None, "input"):
                continue
            block = next((b for b in cell.findall(nodes.literal_block) if "output" not in b["classes"]), None)
            if block is None or cell.children[0].get("nb_element") != "cell_code_source":
                continue
            source = block.rawsource or block.astext()
            try:
                summary = kind_of_folded(source) if cell.get("hide_mode") else kind(source)
            except SyntaxError:  # a line of IPython's own
                continue
            if summary is None:
                checks = fold_checks(cell, block)
                continue
            if summary == CHECKS and checks is not None and add_to_checks(checks, cell, source):
                continue
            fold_cell(cell, summary)
            if folded is not None:
                join(folded, cell)
            folded = cell


def setup(app: Sphinx) -> None:
    app.add_post_transform(Fold)

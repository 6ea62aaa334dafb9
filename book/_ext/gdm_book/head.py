"""Among its goals a page says how long it takes to read and how many seconds of CPU it takes to run."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from gdm_book.execution import cpu_seconds

# Seconds that a reader spends on a word of prose, a line of code or of its output, and a displayed formula.
WORD, LINE, FORMULA = 60 / 200, 2.0, 12.0
FOLDED = ("quiz-reasons", "dropdown")  # read by some, and later


def minutes_to_read(document: nodes.Node) -> int:
    """Prose, code and formulas that are in view; what is folded away is not counted."""
    seconds = 0.0

    def hidden(cell: nodes.Element) -> bool:
        return "tag_hide-input" in cell.get("classes", ())

    def folded(node: nodes.Element) -> bool:
        return bool(set(FOLDED) & set(node.get("classes", ()))) or node.get("design_component") == "dropdown"

    def walk(node: nodes.Node) -> None:
        nonlocal seconds
        if isinstance(node, nodes.Element) and "cell_input" in node.get("classes", ()) and hidden(node.parent):
            return
        if isinstance(node, nodes.literal_block):
            seconds += LINE * len(node.astext().splitlines())
        elif isinstance(node, nodes.math_block):
            seconds += FORMULA
        elif isinstance(node, nodes.Text):
            seconds += WORD * len(node.astext().split())
        elif isinstance(node, nodes.Element) and not isinstance(node, nodes.raw) and not folded(node):
            for child in node.children:
                walk(child)

    walk(document)
    return max(1, round(seconds / 60))


def goals_of(document: nodes.document) -> nodes.Element | None:
    """The box that says what a reader will be able to do."""
    return next((node for node in document.findall(nodes.Admonition) if "goals" in node["classes"]), None)


class Times(SphinxPostTransform):
    """The line stands inside the box of goals, which a page's description in search engines leaves out."""

    default_priority = 1  # before folded parts change their form
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        goals = goals_of(self.document)
        if goals is None:
            return
        minutes = minutes_to_read(self.document)
        self.document["minutes_to_read"] = minutes
        parts = [f"{minutes} minutes to read"]
        cache = Path(self.app.config.nb_execution_cache_path)
        seconds = cpu_seconds(cache).get(Path(self.env.doc2path(self.env.docname)))
        if seconds is not None:
            parts.append(f"{max(1, round(seconds))} s of CPU")
        goals += nodes.paragraph("", " · ".join(parts), classes=["times"])


def setup(app: Sphinx) -> None:
    app.add_post_transform(Times)

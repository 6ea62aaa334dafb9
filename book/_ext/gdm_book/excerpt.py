"""`{excerpt} flows/composition flow-steps`: the thing to move that another page's run has made, shown here as well.

    ```{excerpt} flows/composition flow-steps autoplay
    ```

The first word is the page below book/, the second the element, and what follows are attributes for it here.
Nothing is computed a second time: it is the output of the page's own cell.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOG = logging.getLogger(__name__)


class excerpt(nodes.General, nodes.Element):
    """Stands for the element until all pages have been read."""


class Excerpt(SphinxDirective):
    required_arguments = 2
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        page, rest = self.arguments
        name, *attributes = rest.split()
        docname = f"book/{page}"
        self.env.note_dependency(str(self.env.doc2path(docname)))
        return [excerpt(page=docname, element=name, attributes=attributes)]


def find(document: nodes.document, name: str) -> str | None:
    """The HTML of the element in what the page's cells have put out."""
    for raw in document.findall(nodes.raw):
        if raw.astext().lstrip().startswith(f"<{name} "):
            return raw.astext()
    return None


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(excerpt)):
        name = place["element"]
        html = find(app.env.get_doctree(place["page"]), name)
        if html is None:
            LOG.warning("no <%s> in the output of %s", name, place["page"], location=place, type="book")
            place.parent.remove(place)
            continue
        opening = " ".join([f"<{name}", *place["attributes"]])
        place.replace_self(nodes.raw("", html.replace(f"<{name}", opening, 1), format="html"))


def setup(app: Sphinx) -> None:
    app.add_node(excerpt)
    app.add_directive("excerpt", Excerpt)
    app.connect("doctree-resolved", fill)

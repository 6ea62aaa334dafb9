"""Every image says in words what it shows: one without alt text fails the build."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)
HOW = 'give the cell the metadata {"mystnb": {"image": {"alt": "what the figure shows"}}}, or the image an :alt:'


def require_alt_text(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for image in doctree.findall(nodes.image):
        if not image.get("alt", "").strip():
            LOG.warning("image without alt text: %s. %s", image["uri"], HOW, location=image, type="book")


def setup(app: Sphinx) -> None:
    app.connect("doctree-resolved", require_alt_text)

"""Figures stand in the page itself: an SVG that a `figure` names, or that a cell has drawn, becomes part of the HTML.

As an <img> it could follow the reader's system, but not the switch of the page's theme; and it could not use the
page's fonts. What draws the files is gdm_figures.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from gdm_book.figures import HOW
from gdm_book.plots import for_page

LOG = logging.getLogger(__name__)
STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
FOLDER, BY_MATPLOTLIB = "_static/figures/", ("jupyter_execute/", "_static/architecture/")


def inline(svg: str, alt: str) -> str:
    """The drawing as an element of the page: named for a screen reader, colored by the page."""
    head = f'<svg class="drawn" role="img" aria-label="{escape(alt, quote=True)}" '
    return STYLE.sub("", svg).replace("<svg ", head, 1)


class Inline(SphinxPostTransform):
    """Replace the images of drawn figures and of plots. Nothing but HTML has a use for it."""

    default_priority = 5
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for image in list(self.document.findall(nodes.image)):
            is_plot = any(folder in image["uri"] for folder in BY_MATPLOTLIB)
            if not image["uri"].endswith(".svg") or not (is_plot or FOLDER in image["uri"]):
                continue
            if not image.get("alt", "").strip():
                LOG.warning("image without alt text: %s. %s", image["uri"], HOW, location=image, type="book")
            svg = Path(self.env.srcdir, image["uri"]).read_text(encoding="utf-8")
            make = for_page if is_plot else inline
            image.replace_self(nodes.raw("", make(svg, image.get("alt", "")), format="html"))


def setup(app: Sphinx) -> None:
    app.add_post_transform(Inline)

"""Say what a page teaches, how long it takes and under which license, as data (JSON-LD) that search engines read."""

from __future__ import annotations

import json
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from gdm_book.head import goals_of

FACE = re.compile(r"\\(?:mathbf|boldsymbol|mathrm|mathcal)\{([^{}]*)\}")
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def words(node: nodes.Node) -> str:
    """The text of a node; a formula without the commands that only choose a face."""
    return FACE.sub(r"\1", node.astext()).replace("\n", " ").rstrip(";.")


def resource(app: Sphinx, page: str, doctree: nodes.document) -> dict[str, Any] | None:
    """The page as a LearningResource of schema.org; None for a page that names no goals."""
    goals = goals_of(doctree)
    title = doctree.next_node(nodes.title)
    if goals is None or title is None:
        return None
    return {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": words(title),
        "url": app.config.html_baseurl + app.builder.get_target_uri(page),
        "inLanguage": app.config.language,
        "license": LICENSE,
        "learningResourceType": "chapter",
        "teaches": [words(item) for item in goals.findall(nodes.list_item)],
        "timeRequired": f"PT{doctree['minutes_to_read']}M",
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Book", "name": app.config.html_title, "url": app.config.html_baseurl},
    }


def write(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Put the data into the head of the page."""
    found = None if doctree is None else resource(app, page, doctree)
    if found is not None:
        # "</" could end the element early.
        data = json.dumps(found, ensure_ascii=False).replace("</", "<\\/")
        context["metatags"] = context.get("metatags", "") + f'<script type="application/ld+json">{data}</script>\n'


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", write)

"""Mends what other extensions write into a page: repeated ids, a role and an empty header that stop screen readers."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

# sphinx-proof and sphinx-exercise give these ids to every block of a page.
REPEATED_ID = re.compile(r' id="(?:proof|proof-content|exercise-content|solution-content)"')

# The corner of a table with headers on two sides heads nothing.
EMPTY_HEADER = re.compile(r"<th( [^>]*)?><p></p></th>")


def mend(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        body = EMPTY_HEADER.sub(r"<td\1></td>", REPEATED_ID.sub("", context["body"]))
        context["body"] = body.replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", mend)

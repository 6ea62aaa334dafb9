"""An id occurs once on a page: sphinx-proof and sphinx-exercise give the same ones to every block."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

REPEATED = re.compile(r' id="(?:proof|proof-content|exercise-content|solution-content)"')


def drop_repeated(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    if "body" in context:
        context["body"] = REPEATED.sub("", context["body"])


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", drop_repeated)

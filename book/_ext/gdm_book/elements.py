"""Things to move: the directive that places one in a page, and the scripts of those that a page has.

In a page:

    :::{explorable} receptive-field kernel=3 layers=4
    What the thing shows, in a sentence or two: it stands there where scripts are off, on paper and for search.
    :::

The first word names the element, whose script is `_static/explorables/NAME.js`; the others are its attributes.
A cell may put an element into its output as HTML instead. Only pages that hold an element load its script.
"""

from __future__ import annotations

import re
import shlex
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

EXPLORABLES = (
    "causal-order",
    "change-of-variables",
    "flow-learns",
    "flow-steps",
    "linear-maps",
    "maf-by-numbers",
    "one-pass",
    "pixelcnn-paints",
    "receptive-field",
    "two-divergences",
)
PIECES = {"flow-learns": ["live-targets", "live-flow", "live-worker"], "pixelcnn-paints": ["live-pixels"]}
"""What an element's script is built on, beside `explorable.js`, in the order of loading."""
ELEMENT = re.compile(r"<(book-quiz|" + "|".join(EXPLORABLES) + r")\b")


class Explorable(SphinxDirective):
    """The argument is the element with its attributes, the content what it says without scripts."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        name, *settings = shlex.split(self.arguments[0])
        if name not in EXPLORABLES:
            raise self.error(f"there is no explorable {name!r}, only {', '.join(EXPLORABLES)}")
        if not self.content:
            raise self.error(f"the explorable {name} needs a sentence that says what it shows")
        attributes = []
        for setting in settings:
            key, _, value = setting.partition("=")
            attributes.append(f' {key}="{escape(value)}"')
        words = nodes.container(classes=["explorable-words"])
        self.state.nested_parse(self.content, self.content_offset, words)
        start = nodes.raw("", f"<{name} class=\"explorable\"{''.join(attributes)}>", format="html")
        return [start, words, nodes.raw("", f"</{name}>", format="html")]


def load_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """A script added while a page is written is loaded by this page alone."""
    names = sorted(set(ELEMENT.findall(context.get("body", ""))))
    if "book-quiz" in names:
        names.remove("book-quiz")
        app.add_js_file("quiz.js", loading_method="defer")
    if names:
        app.add_css_file("explorables/explorables.css")
        app.add_js_file("explorables/explorable.js", loading_method="defer")
    for name in names:
        for piece in PIECES.get(name, []):
            app.add_js_file(f"explorables/{piece}.js", loading_method="defer")
        app.add_js_file(f"explorables/{name}.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    app.add_directive("explorable", Explorable)
    app.connect("html-page-context", load_scripts)

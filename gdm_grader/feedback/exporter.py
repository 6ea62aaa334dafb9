"""nbconvert's HTML page for feedback: no network, and a class of a thousand in minutes.

Half of nbconvert's time goes into parsing the finished page again for pictures without a text, much of the rest into
compiling templates and coloring the same test cells for each student.
"""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.ansi import ansi2html, strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.strings import clean_html
from nbconvert.filters.widgetsdatatypefilter import WIDGET_VIEW_MIMETYPE, WidgetsDataTypeFilter
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode

from gdm_grader.feedback.bounds import drawn, shorten
from gdm_grader.feedback.markdown import harmless, markdown

WITHOUT_TEXT = re.compile(r"<img\b(?![^>]*\balt=)")
FONT = re.compile(r"@font-face\s*\{[^}]*\}")  # of a style sheet of nbgrader's: a file that lies nowhere beside a page
TEXT = '<img alt="A picture that this notebook draws."'


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with sanitized Markdown, formulas as MathML, and a bound on what a text may cost."""

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        for place, preprocessor in enumerate(self._preprocessors):
            if type(preprocessor) is SanitizeHTML:
                self._preprocessors[place] = Sanitize(parent=self, enabled=preprocessor.enabled)

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()
        yield "markdown2html", markdown
        yield "ansi2html", with_colors
        yield "clean_html", sanitized

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.bytecode_cache = COMPILED
        return environment

    def from_notebook_node(  # type: ignore[override]
            self, nb: NotebookNode, resources: dict[str, Any] | None = None, **named: Any
            ) -> tuple[str, dict[str, Any]]:
        resources = self._init_resources(resources)
        shorten(nb)
        self.register_filter("highlight_code", colored)
        self.register_filter("filter_data_type", WithoutWidgets(notebook_metadata={}, parent=self))
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **named)
        head, end, body = page.partition("</head>")  # nothing of the notebook stands in it but its name
        return FONT.sub("", head) + end + WITHOUT_TEXT.sub(TEXT, body), resources


class WithoutWidgets(WidgetsDataTypeFilter):
    """Chooses the form in which an output is shown: never a widget, which needs a script, and may be malformed."""

    def __call__(self, output: dict[str, Any]) -> list[str]:
        return super().__call__({mime: value for mime, value in output.items() if mime != WIDGET_VIEW_MIMETYPE})


class Sanitize(SanitizeHTML):
    """nbconvert's cleaning of what a notebook shows, at a bounded cost.

    Markdown that cannot be cleaned in time stays as it is here: `markdown` cleans what it draws.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Any, index: int) -> tuple[NotebookNode, Any]:
        if cell.cell_type == "markdown":
            cell.source = drawn(self.sanitize_html_tags, str, cell.source)
            return cell, resources
        return super().preprocess_cell(cell, resources, index)

    def sanitize_code_outputs(self, outputs: list[NotebookNode]) -> list[NotebookNode]:
        for output in outputs:
            data = output.get("data", {})
            for mime in set(data) & set(self.sanitized_output_types):
                as_text = str if mime == "text/markdown" else escaped
                data[mime] = drawn(self.sanitize_html_tags, as_text, data[mime])
            for mime in set(data) - set(self.sanitized_output_types) - set(self.safe_output_keys):
                del data[mime]
        return outputs


def escaped(text: str) -> str:
    """Return HTML that shows the text as it was written."""
    return f"<pre>{html.escape(text)}</pre>"


def sanitized(text: Any) -> str:
    """Return HTML with what could run escaped, and nothing of the page's own."""
    return drawn(lambda given: harmless(clean_html(given)), escaped, str(text))


def with_colors(text: Any) -> str:
    """Return a terminal's text as HTML with its colors."""
    return drawn(ansi2html, lambda plain: html.escape(strip_ansi(plain)), str(text))


def colored(source: str, metadata: Any = None) -> str:
    """Return Python's source as HTML with colors."""
    return drawn(_colored, lambda plain: f'<div class="highlight">{escaped(plain)}</div>', source)


@lru_cache(1024)
def _colored(source: str) -> str:
    return str(Highlight2HTML(pygments_lexer="ipython3")(source))


class Compiled(BytecodeCache):
    """Templates that this process compiled."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()

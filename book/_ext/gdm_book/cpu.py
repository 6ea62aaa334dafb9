"""How many seconds of CPU a page took to run, measured as it runs and kept beside its outputs in the cache."""

from __future__ import annotations

import json
import resource
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.application import Sphinx

NAME = "cpu_seconds.json"


def spent() -> float:
    """CPU seconds of all processes that this one has started and that have ended: the kernels, one a page."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds(app: Sphinx) -> dict[str, float]:
    """Of each executed page; empty before the first."""
    path = Path(app.config.nb_execution_cache_path) / NAME
    return json.loads(path.read_text()) if path.is_file() else {}


def begin(app: Sphinx, docname: str, source: list[str]) -> None:
    app.env.temp_data["cpu_before"] = spent()


def finish(app: Sphinx, doctree: nodes.document) -> None:
    """A page taken from the cache starts no kernel, and keeps what was measured when it was executed."""
    took = spent() - app.env.temp_data["cpu_before"]
    executed = NbMetadataCollector.get_exec_data(app.env, app.env.docname)
    if executed and took > 0.1:
        path = Path(app.config.nb_execution_cache_path) / NAME
        path.write_text(json.dumps(seconds(app) | {app.env.docname: round(took, 1)}, indent=1, sort_keys=True))


def setup(app: Sphinx) -> None:
    app.connect("source-read", begin)
    app.connect("doctree-read", finish)

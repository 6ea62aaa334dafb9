"""A build with warnings is not remembered: Sphinx would skip the pages that caused them and pass the next time."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx


def forget_failed_build(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)


def setup(app: Sphinx) -> None:
    app.connect("build-finished", forget_failed_build)

"""Executed pages are kept only as long as the library and the locked packages they ran with stay the same."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from gdm_book.plots import CONFIG, draw_as_svg


def execution_key(root: Path) -> str:
    """Digest of what a page's outputs depend on beside the page: gdm_lib, the lock, Python, and how a kernel draws."""
    digest = hashlib.sha256((sys.version + CONFIG).encode())
    for path in [*sorted((root / "gdm_lib").rglob("*.py")), root / "requirements.lock"]:
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def choose_cache(app: Sphinx, config: Config) -> None:
    """Give each key its own cache and drop those of other keys. A new path also makes Sphinx read every page again."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    own = caches / execution_key(Path(app.srcdir))
    for old in caches.glob("*"):
        if old.is_dir() and old != own:
            shutil.rmtree(old)
    config.nb_execution_cache_path = str(own)
    draw_as_svg(Path(app.outdir).parent)


def setup(app: Sphinx) -> None:
    app.connect("config-inited", choose_cache)

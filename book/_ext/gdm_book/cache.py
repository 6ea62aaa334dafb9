"""Executed pages are kept only as long as the library and the locked packages they ran with stay the same.

What a full disk or a kill left half written is taken out, and made anew.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from jupyter_cache.base import JupyterCacheAbstract
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.config import Config

from gdm_book.plots import CONFIG, draw_as_svg

LAST_WRITTEN = "__version__.txt"  # what jupyter-cache writes when it has made its tables


def execution_key(root: Path) -> str:
    """Digest of what a page's outputs depend on beside the page: gdm_lib, the lock, Python, and how a kernel draws."""
    digest = hashlib.sha256((sys.version + CONFIG).encode())
    for path in [*sorted((root / "gdm_lib").rglob("*.py")), root / "requirements.lock"]:
        if path.is_file():
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def forget_half(folder: Path) -> None:
    """Remove a cache whose tables were not all made."""
    last = folder / LAST_WRITTEN
    if folder.is_dir() and not (last.is_file() and last.stat().st_size):
        shutil.rmtree(folder)


def is_known(cache: JupyterCacheAbstract, nb: NotebookNode) -> bool:
    """Return True if a page's outputs are in the cache; half a page of them is taken out of it."""
    try:
        record = cache.match_cache_notebook(nb)
    except KeyError:
        return False
    try:
        cache.get_cache_bundle(record.pk)
    except (KeyError, ValueError):  # there is no file, or it breaks off
        file = cache.path / "executed" / record.hashkey / "base.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()  # what is not there is not removed
        cache.remove_cache(record.pk)
        return False
    return True


def choose_cache(app: Sphinx, config: Config) -> None:
    """Give each key its own cache and drop those of other keys. A new path also makes Sphinx read every page again."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    own = caches / execution_key(Path(app.srcdir))
    for old in caches.glob("*"):
        if old.is_dir() and old != own:
            shutil.rmtree(old)
    forget_half(own)
    config.nb_execution_cache_path = str(own)
    draw_as_svg(Path(app.outdir).parent)


def setup(app: Sphinx) -> None:
    app.connect("config-inited", choose_cache)

"""New pages are executed side by side, before Sphinx reads one page after the other and finds them in the cache.

Kept beside a page's outputs: how many seconds of CPU it took.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import active_children, get_context
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import single_nb_execution
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.display import status_iterator

from gdm_book.cache import is_known
from gdm_book.kernels import fork_kernels, spent


def run(path: Path, nb: NotebookNode, timeout: int) -> CacheBundleIn | None:
    """None where a cell fails: MyST-NB meets it again, and says which."""
    before = spent()
    result = single_nb_execution(nb, cwd=str(path.parent), timeout=timeout, allow_errors=False)
    if result.err is not None:
        return None
    took = {"execution_seconds": result.time, "cpu_seconds": round(spent() - before, 1)}
    return CacheBundleIn(result.nb, str(path), data=took)


def new_pages(cache: JupyterCacheAbstract, paths: list[Path]) -> Iterator[tuple[Path, NotebookNode]]:
    for path in paths:
        nb = nbformat.read(path, as_version=4)
        if not is_known(cache, nb):
            yield path, nb


def execute(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    cache = get_cache(app.config.nb_execution_cache_path)
    paths = [path for path in map(Path, map(env.doc2path, docnames)) if path.suffix == ".ipynb"]
    # The last pages train longest: they begin first, so that no process is left alone with them at the end.
    new = list(new_pages(cache, sorted(paths, reverse=True)))
    if not new:
        return
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn"),
                             initializer=fork_kernels) as pool:
        timeout = app.config.nb_execution_timeout
        name_of = {pool.submit(run, path, nb, timeout): path.stem for path, nb in new}
        done = as_completed(name_of)
        try:
            for future in status_iterator(done, "executing pages... ", length=len(new), stringify_func=name_of.get):
                if bundle := future.result():
                    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        except BaseException:  # a full disk: the pages that wait would all be executed before that is told
            stop(pool)
            raise


def stop(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool, and what they run, where they are."""
    pool.shutdown(wait=False, cancel_futures=True)
    for process in active_children():
        process.kill()


def cpu_seconds(cache_path: Path) -> dict[Path, float]:
    """Of each page in the cache, by the page's path."""
    records = get_cache(cache_path).list_cache_records() if cache_path.is_dir() else []
    records.sort(key=lambda record: record.created)  # of a page that was changed, the last counts
    return {Path(record.uri): record.data["cpu_seconds"] for record in records if "cpu_seconds" in record.data}


def setup(app: Sphinx) -> None:
    app.connect("env-before-read-docs", execute)

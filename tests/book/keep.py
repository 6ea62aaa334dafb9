"""A page that nbval has run need not be run again for the book: python -m pytest -p tests.book.keep --nbval book

A page whose cells all passed goes, with its new outputs and pictures, into the cache that `make book` looks into. Its
kernel is forked, as one of the build is: no page waits for torch and Matplotlib.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import psutil
import pytest
from gdm_book.cache import execution_key, forget_half, is_known
from gdm_book.kernels import fork_kernels
from gdm_book.plots import draw_as_svg
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbval.plugin import IPyNbCell, IPyNbFile

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "_build" / ".jupyter_cache" / execution_key(ROOT)
passed = pytest.StashKey[dict[int, IPyNbCell]]()


def pytest_sessionstart(session: pytest.Session) -> None:
    draw_as_svg(ROOT / "_build")
    of_worker = hasattr(session.config, "workerinput")
    if not of_worker:
        forget_half(CACHE)
        get_cache(CACHE).list_cache_records()  # made once, before two processes would
    if of_worker or not session.config.getoption("numprocesses", None):
        fork_kernels()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pictures are not compared: nbval knows this of PNG and JPEG."""
    for page in {item.parent for item in items if isinstance(item, IPyNbCell)}:
        page.skip_compare = (*page.skip_compare, "image/svg+xml")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> object:
    if isinstance(item, IPyNbCell) and call.when == "call" and call.excinfo is None:
        item.parent.stash.setdefault(passed, {})[item.cell_num] = item
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """After the last cell of a page, while its kernel still runs."""
    if isinstance(item, IPyNbCell) and (nextitem is None or nextitem.parent is not item.parent):
        page = item.parent
        if page.path.is_relative_to(ROOT / "book"):
            keep(page, page.stash.get(passed, {}))


def keep(page: IPyNbFile, cells: dict[int, IPyNbCell]) -> None:
    nb = deepcopy(page.nb)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    if len(cells) < len(code):
        return
    for number, cell in enumerate(code):
        cell.outputs, cell.execution_count = cells[number].test_outputs, number + 1
    times = psutil.Process(page.kernel.km.provisioner.pid).cpu_times()
    took = {"cpu_seconds": round(times.user + times.system, 1)}
    cache = get_cache(CACHE)
    is_known(cache, nb)  # half a page of a full disk goes
    cache.cache_notebook_bundle(CacheBundleIn(nb, str(page.path), data=took), check_validity=False, overwrite=True)

"""The built book, served on localhost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tools.browser.server import serving

from .explorables import Open, opened

SITE = Path(__file__).parents[2] / "_build" / "html"


@pytest.fixture(scope="session")
def site() -> Path:
    if not (SITE / "index.html").is_file():
        pytest.fail("The book is not built: there is no _build/html/index.html. Run: make book", pytrace=False)
    return SITE


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serve a folder on localhost; the answer is its address."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serving(folder))


@pytest.fixture(scope="session")
def origin(site: Path, serve: Callable[[Path], str]) -> str:
    return serve(site)


@pytest.fixture(scope="module")
def open_element(browser: Browser, origin: str) -> Iterator[Open]:
    """The thing to move of this name, on the page where it stands; each page is opened once."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(opened(browser, origin, name, reduced_motion="reduce")))

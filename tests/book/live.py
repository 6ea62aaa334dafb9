"""Pages with nothing on them but one of the things that compute: they need no built book."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tools.browser.tab import open_tab

SCRIPTS = Path(__file__).parents[2] / "book" / "_static" / "explorables"


@contextmanager
def bare_page(browser: Browser, *scripts: str, body: str = "", **options: Any) -> Iterator[Page]:
    """An empty page with these scripts of the explorables, in this order."""
    with open_tab(browser, **options) as page:
        page.set_content(body)
        page.add_style_tag(path=SCRIPTS / "explorables.css")
        for name in scripts:
            page.add_script_tag(path=SCRIPTS / f"{name}.js")
        yield page


@contextmanager
def bare(
    browser: Browser, name: str, *pieces: str, attributes: str = "", content: str = "", **options: Any
) -> Iterator[Locator]:
    """The element of this name, alone on a page."""
    body = f'<{name} class="explorable" {attributes}>{content}</{name}>'
    with bare_page(browser, "explorable", *pieces, name, body=body, **options) as page:
        yield page.locator(name)

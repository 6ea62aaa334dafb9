"""Lends tabs of a browser: to open one costs Chromium more than to show a page of the book in one that is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Page

SIZE = {"width": 1280, "height": 720}
FORGET = "() => { try { localStorage.clear(); sessionStorage.clear() } catch { /* a blank page keeps nothing */ } }"
# The tabs that nobody uses, by the options of their contexts.
FREE: WeakKeyDictionary[Browser, dict[str, list[Page]]] = WeakKeyDictionary()


@contextmanager
def open_tab(browser: Browser, **options: Any) -> Iterator[Page]:
    """A blank tab in a context with these options, which remembers no page that it has shown.

    It is kept for the next one who asks, its window and theme as the options say, and closed after an error. Whoever
    listens to its events must stop before it is given back: listeners stay with a tab.
    """
    options = {"viewport": SIZE} | options
    free = FREE.setdefault(browser, {}).setdefault(repr(sorted(options.items())), [])
    page = free.pop() if free else new(browser, options)
    try:
        yield page
        blank(page, options)
    except BaseException:
        page.context.close()
        raise
    free.append(page)


def new(browser: Browser, options: dict[str, Any]) -> Page:
    """Open a tab that fetches each file anew, so that what a page weighs does not depend on those before it."""
    page = browser.new_context(**options).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


def blank(page: Page, options: dict[str, Any]) -> None:
    """Forget the page that was shown, and undo the changes to window and theme."""
    page.evaluate(FORGET)
    page.goto("about:blank")
    page.context.clear_cookies()
    page.set_viewport_size(options["viewport"])
    page.emulate_media(color_scheme=options.get("color_scheme", "light"),
                       reduced_motion=options.get("reduced_motion", "no-preference"))

"""Where the things to move stand in the book, and how a test opens one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator

WHERE = {
    "receptive-field": "autoregressive/blind-spot",
    "causal-order": "autoregressive/pixelcnn",
    "change-of-variables": "flows/change-of-variables",
    "linear-maps": "flows/composition",
    "flow-steps": "flows/composition",
    "two-divergences": "recap/forward-and-reverse-kl",
    "one-pass": "examples/gaussian-autoregressive",
}


@contextmanager
def opened(browser: Browser, origin: str, name: str, **options: Any) -> Iterator[Locator]:
    """The element on a newly opened page, scrolled into view."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(f"{origin}book/{WHERE[name]}.html")
    element = page.locator(name).first
    element.scroll_into_view_if_needed()
    yield element
    context.close()


def text(element: Locator) -> str:
    """What it says of itself to those who hear the page."""
    return element.locator(".explorable-text").inner_text()

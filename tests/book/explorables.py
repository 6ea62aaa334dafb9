"""The places where the things to move stand in the book, and how a test opens one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator

from tools.browser.tab import open_tab

Open = Callable[[str], Locator]

WHERE = {
    "receptive-field": "autoregressive/blind-spot",
    "causal-order": "autoregressive/pixelcnn",
    "change-of-variables": "flows/change-of-variables",
    "linear-maps": "flows/composition",
    "flow-learns": "kl/forward",
    "flow-steps": "flows/composition",
    "two-divergences": "recap/forward-and-reverse-kl",
    "one-pass": "examples/gaussian-autoregressive",
    "pixelcnn-paints": "autoregressive/sampling",
    "maf-by-numbers": "examples/gaussian-autoregressive",
}


@contextmanager
def opened(browser: Browser, origin: str, name: str, **options: Any) -> Iterator[Locator]:
    """The element on a newly opened page, scrolled into view."""
    with open_tab(browser, **options) as page:
        page.goto(f"{origin}book/{WHERE[name]}.html")
        element = page.locator(name).first
        element.scroll_into_view_if_needed()
        yield element


def text(element: Locator) -> str:
    """Return its words for those who hear the page."""
    return element.locator(".explorable-text").inner_text()


def show(element: Locator, **settings: Any) -> dict[str, Any]:
    """Its numbers with these settings."""
    return element.evaluate("(e, settings) => { e.update(settings); return e.values; }", settings)


def said(element: Locator, grid: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Its numbers and its sentence at each setting of a grid."""
    script = "(e, grid) => grid.map((settings) => { e.update(settings); return [e.values, e.text.textContent]; })"
    return [(values, sentence) for values, sentence in element.evaluate(script, grid)]

"""What a reader's browser has to fetch for one page, as a server sends it."""

from __future__ import annotations

import gzip
from urllib.parse import urlsplit

from playwright.sync_api import Browser

BUDGET = 600_000  # bytes, compressed
PACKED = (".woff2", ".png", ".jpg", ".gif", ".webp", ".ico")  # compressed already


def weigh(browser: Browser, url: str) -> dict[str, int]:
    """Bytes, compressed, of each file that the page asks for when nothing is in the browser's cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = {}
    page.on("requestfinished", lambda request: found.update({request.url: request}))
    page.goto(url, wait_until="networkidle")
    weights = {}
    for address, request in found.items():
        response = request.response()
        if address.startswith("http") and response is not None:
            path = urlsplit(address).path
            body = response.body()
            weights[path] = len(body) if path.endswith(PACKED) else len(gzip.compress(body, 6, mtime=0))
    context.close()
    return weights

"""The weight of one page: what a reader's browser has to fetch, as a server sends it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import Request

BUDGET = 600_000  # bytes, compressed
PACKED = (".woff2", ".png", ".jpg", ".gif", ".webp", ".ico")  # compressed already


def weigh(requests: Iterable[Request]) -> dict[str, int]:
    """Bytes, compressed, of each file that a server answered these requests with."""
    weights = {}
    for request in requests:
        response = request.response() if request.url.startswith("http") else None
        if response is not None:
            path, body = urlsplit(request.url).path, response.body()
            weights[path] = len(body) if path.endswith(PACKED) else len(gzip.compress(body, 6, mtime=0))
    return weights

"""The weight of one page: what a reader's browser has to fetch, as a server sends it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from urllib.parse import urlsplit

from playwright.sync_api import Request

BUDGET = 600_000  # bytes, compressed
PACKED = (".woff2", ".png", ".jpg", ".gif", ".webp", ".ico")  # compressed already


# What most pages have in common is packed once: by its address and the server's word on its version.
PACKED_SIZES: dict[tuple[str, str], int] = {}


def weigh(requests: Iterable[Request]) -> dict[str, int]:
    """Bytes, compressed, of each file that a server answered these requests with; one that sends nothing has none."""
    weights = {}
    for request in requests:
        response = request.response() if request.url.startswith("http") else None
        if response is not None and not 300 <= response.status < 400:
            path = urlsplit(request.url).path
            version = (request.url, str(response.headers.get("last-modified", response.headers)))
            if version not in PACKED_SIZES:
                body = response.body()
                PACKED_SIZES[version] = len(body) if path.endswith(PACKED) else len(gzip.compress(body, 6, mtime=0))
            weights[path] = PACKED_SIZES[version]
    return weights

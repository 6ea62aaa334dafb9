"""The site, page by page: what it weighs, asks of others, and costs to run, and what is wrong with it.

    python -m tools.site_report    # a table, and _build/bench/site.json; status 1 if anything is wrong

Each page is opened in Chromium at two widths and in two themes; about three seconds a page.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from gdm_book.execution import cpu_seconds
from playwright.sync_api import Browser

from tools.browser.server import serving
from tools.browser.visit import chromium, open_page
from tools.browser.weight import BUDGET

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
CACHES = ROOT / "_build" / ".jupyter_cache"
TARGET = ROOT / "_build" / "bench" / "site.json"


@dataclass(frozen=True)
class Row:
    """One page."""

    page: str
    bytes: int  # compressed, of the page and of everything that it loads
    requests_outside: int
    console_errors: int
    axe_violations: int  # light and dark, 400 and 1280 pixels wide
    images_without_alt: int
    cpu_seconds: float | None  # None where nothing is executed
    wrong: list[str]  # all that is wrong with the page, in words


def all_pages(site: Path = SITE) -> list[str]:
    """index.html is left out: it only leads on to the start page."""
    pages = sorted(path.relative_to(site).as_posix() for path in (site / "book").rglob("*.html"))
    return [*pages, "404.html", "genindex.html", "search.html"]


def measured() -> dict[Path, float]:
    """CPU seconds of each page, measured by the build; empty if the cache has been removed since."""
    seconds: dict[Path, float] = {}
    for cache in CACHES.glob("*"):
        seconds |= cpu_seconds(cache)
    return seconds


def look_at(browser: Browser, origin: str, page: str) -> Row:
    visit = open_page(browser, origin + page, origin)
    return Row(
        page=page,
        bytes=sum(visit.weights.values()),
        requests_outside=len(visit.requests_outside),
        console_errors=len(visit.errors),
        axe_violations=len(visit.structure) + sum(map(len, visit.barriers.values())),
        images_without_alt=len(visit.wordless_images),
        cpu_seconds=measured().get((ROOT / page).with_suffix(".ipynb")),
        wrong=visit.findings(),
    )


def main() -> None:
    if not (SITE / "index.html").is_file():
        sys.exit("The book is not built: there is no _build/html/index.html. Run: make book")
    print(f"{'page':44}{'kB':>6}{'outside':>9}{'errors':>8}{'axe':>5}{'no alt':>8}{'CPU, s':>8}")
    rows = []
    with serving(SITE) as origin, chromium() as browser:
        for page in all_pages():
            row = look_at(browser, origin, page)
            rows.append(row)
            seconds = "" if row.cpu_seconds is None else f"{row.cpu_seconds:.1f}"
            wrong = f"{row.requests_outside:9}{row.console_errors:8}{row.axe_violations:5}{row.images_without_alt:8}"
            print(f"{page:44}{row.bytes / 1000:6.0f}{wrong}{seconds:>8}", flush=True)
    heaviest = max(row.bytes for row in rows) / 1000
    total = sum(row.cpu_seconds or 0 for row in rows)
    print(f"\n{len(rows)} pages, the heaviest {heaviest:.0f} kB of {BUDGET // 1000}; {total:.0f} s of CPU in all")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    print(f"written to {TARGET.relative_to(ROOT)}")
    findings: list[str] = []
    for row in rows:
        findings += [f"{row.page}: {finding}" for finding in row.wrong]
    if findings:
        sys.exit("\n".join(["", "What is wrong:", *findings]))


if __name__ == "__main__":
    main()

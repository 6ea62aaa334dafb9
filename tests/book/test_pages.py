"""Every page of the built book, opened in a real browser."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
from playwright.sync_api import Browser

from tools.browser.tab import open_tab
from tools.browser.visit import Visit, open_page
from tools.browser.weight import BUDGET
from tools.site_report import all_pages

from .conftest import SITE

# Each theme once and each width once; `make site-report` looks at every page in all four ways.
LOOKS = [("light", 1280), ("dark", 400)]


def one_of_each_kind(pages: list[str]) -> list[str]:
    """Return the smallest page for each set of scripts that pages load: what a page needs beyond them is in itself.

    The 404 page stands for any address, so its links begin at the root of a server.
    """
    scripts = re.compile(r'<script[^>]* src="([^"?]+)')
    kinds = {}
    built = [page for page in pages if page != "404.html" and (SITE / page).is_file()]
    for page in sorted(built, key=lambda page: (SITE / page).stat().st_size):
        names = [PurePosixPath(path).name for path in scripts.findall((SITE / page).read_text("utf-8"))]
        kinds.setdefault(frozenset(names), page)
    return list(kinds.values())


PAGES = all_pages(SITE)
KINDS = one_of_each_kind(PAGES)
every_page = pytest.mark.parametrize("page", PAGES)


@every_page
def test_nothing_is_wrong_with_the_page(browser: Browser, origin: str, page: str) -> None:
    visit = open_page(browser, origin + page, origin, looks=[])
    assert visit == Visit()
    assert 0 < sum(visit.weights.values()) <= BUDGET, sorted(visit.weights.items(), key=lambda item: -item[1])[:5]


# axe-core needs five to twenty seconds a page: all others are judged by `make slow`.
@pytest.mark.parametrize("page", [pytest.param(page, marks=[] if page in KINDS else [pytest.mark.slow])
                                  for page in PAGES])
def test_nothing_keeps_people_out_of_the_page(browser: Browser, origin: str, page: str) -> None:
    visit = open_page(browser, origin + page, origin, LOOKS)
    assert visit == Visit(barriers={"light, 1280 px": [], "dark, 400 px": []})


@pytest.mark.parametrize("page", [*KINDS[:4], *(pytest.param(page, marks=pytest.mark.slow) for page in KINDS[4:])])
def test_the_page_is_as_good_from_a_folder(browser: Browser, site: Path, page: str) -> None:
    visit = open_page(browser, (site / page).as_uri(), "file://", looks=[])
    assert visit == Visit()


def test_the_start_page_is_where_index_leads(browser: Browser, origin: str) -> None:
    with open_tab(browser) as page:
        page.goto(origin)
        page.wait_for_url("**/book/index.html")
        assert page.title()


def test_search_finds_a_page_by_a_word_of_its_text(browser: Browser, origin: str) -> None:
    with open_tab(browser) as page:
        page.goto(origin + "search.html?q=divergence")
        page.wait_for_selector("#search-results a[href*='learning-a-distribution']")


def test_search_quotes_the_article_and_each_formula_once(browser: Browser, origin: str) -> None:
    with open_tab(browser) as page:
        page.goto(origin + "search.html?q=unconscious")
        found = page.locator("#search-results li", has=page.locator("a[href*='kl/reverse']")).first
        quoted = found.locator("p.context").inner_text()
    assert "If x=g(z) with" in quoted.replace("\n", "")
    assert ".pdf" not in quoted

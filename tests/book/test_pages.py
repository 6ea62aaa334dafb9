"""Every page of the built book, opened in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .conftest import SITE
from .site_report import all_pages
from .visit import Visit, open_page
from .weight import BUDGET

PAGES = all_pages(SITE)
every_page = pytest.mark.parametrize("page", PAGES)
# The 404 page stands for any address, so its links begin at the root of a server.
every_page_but_404 = pytest.mark.parametrize("page", [page for page in PAGES if page != "404.html"])
Served = Callable[[str], Visit]


@every_page
def test_no_request_leaves_the_machine(served: Served, page: str) -> None:
    assert served(page).requests_outside == []


@every_page
def test_the_console_stays_silent(served: Served, page: str) -> None:
    assert served(page).errors == []


@every_page
def test_every_formula_is_rendered(served: Served, page: str) -> None:
    assert served(page).raw_formulas == []


@every_page
def test_every_image_says_in_words_what_it_shows(served: Served, page: str) -> None:
    assert served(page).wordless_images == []


@every_page
def test_nothing_is_cut_off_and_the_page_never_scrolls_sideways(served: Served, page: str) -> None:
    assert served(page).cut_off == []


@every_page
def test_axe_finds_no_barrier_light_or_dark_wide_or_narrow(served: Served, page: str) -> None:
    barriers = served(page).barriers
    assert len(barriers) == 4
    assert {look: found for look, found in barriers.items() if found} == {}


@every_page
def test_everything_that_can_be_pressed_is_reached_by_the_tab_key(served: Served, page: str) -> None:
    assert served(page).unreached == []


@every_page
def test_a_page_is_within_its_budget_of_bytes(served: Served, page: str) -> None:
    weights = served(page).weights
    assert 0 < sum(weights.values()) <= BUDGET, sorted(weights.items(), key=lambda item: -item[1])[:5]


@every_page_but_404
def test_the_page_is_as_good_from_a_folder(browser: Browser, site: Path, page: str) -> None:
    visit = open_page(browser, (site / page).as_uri(), "file://", accessibility=False)
    assert visit == Visit()


def test_the_start_page_is_where_index_leads(browser: Browser, origin: str) -> None:
    with browser.new_page() as page:
        page.goto(origin)
        page.wait_for_url("**/book/index.html")
        assert page.title()


def test_search_finds_a_page_by_a_word_of_its_text(browser: Browser, origin: str) -> None:
    with browser.new_page() as page:
        page.goto(origin + "search.html?q=divergence")
        page.wait_for_selector("#search-results a[href*='learning-a-distribution']")

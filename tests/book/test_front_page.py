"""The front page leads into the first chapter, shows a model of the book that moves, and promises what is so."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Browser

from tools.browser.tab import open_tab

from .conftest import SITE

INDEX = "book/index.html"
FIRST = "recap/learning-a-distribution.html"
FEWEST_MINUTES, MOST_MINUTES = 2, 20  # of a page, as the front page says
FEWEST_HOURS, MOST_HOURS = 4, 5  # of all chapters, as the front page says


def html(page: str) -> str:
    return (SITE / page).read_text(encoding="utf-8")


def test_start_and_next_lead_into_the_first_chapter(browser: Browser, origin: str) -> None:
    with open_tab(browser) as page:
        page.goto(origin + INDEX)
        page.get_by_role("link", name="Start with the first chapter").click()
        page.wait_for_url(f"**/{FIRST}")
        page.go_back()
        page.locator("a.right-next").click()
        page.wait_for_url(f"**/{FIRST}")


def test_the_model_that_paints_is_the_one_that_the_page_on_sampling_has_trained(browser: Browser, origin: str) -> None:
    data = [re.search(r"<script type='application/json'>(\{.*?\})</script>", html(page))
            for page in (INDEX, "book/autoregressive/sampling.html")]
    assert data[0]
    assert data[1]
    assert json.loads(data[0][1]) == json.loads(data[1][1])
    with open_tab(browser) as page:
        page.goto(origin + INDEX)
        page.wait_for_function("document.querySelector('pixelcnn-paints').values.step > 22")


def test_there_is_ink_as_soon_as_the_page_is_there_and_then_more(browser: Browser, origin: str) -> None:
    ink = "[...document.querySelectorAll('.paint-ink')].filter((cell) => cell.getAttribute('fill-opacity') > 0).length"
    with open_tab(browser) as page:
        page.goto(origin + INDEX)
        first = page.evaluate(ink)
        assert first > 5
        page.wait_for_function(f"{ink} > {first}")


def test_it_does_not_move_for_those_who_ask_for_stillness(browser: Browser, origin: str) -> None:
    with open_tab(browser, reduced_motion="reduce") as page:
        page.goto(origin + INDEX)
        assert page.evaluate("document.querySelector('pixelcnn-paints').timer") is None
        page.get_by_role("button", name="Paint").click()
        assert page.evaluate("document.querySelector('pixelcnn-paints').values.step") == 64


def test_pages_take_as_long_as_the_front_page_says() -> None:
    said = html(INDEX)
    assert f"takes {FEWEST_MINUTES} to {MOST_MINUTES} minutes" in said
    assert "take four to five hours" in said
    found = [re.search(r"(\d+) minutes to read", path.read_text(encoding="utf-8"))
             for path in (SITE / "book").rglob("*.html") if path.name != "index.html"]
    minutes = [int(match[1]) for match in found if match]
    assert len(minutes) > 20
    assert min(minutes) >= FEWEST_MINUTES
    assert max(minutes) <= MOST_MINUTES
    assert FEWEST_HOURS <= sum(minutes) / 60 <= MOST_HOURS

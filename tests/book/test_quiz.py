"""Questions with an instant self-check: right is said right, wrong is said wrong, and each says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from .test_notebooks import every_notebook, text

PAGE = "book/autoregressive/blind-spot.html"


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    with browser.new_page() as page:
        page.goto(origin + PAGE)
        yield page


@every_notebook
def test_every_page_has_questions_that_check_themselves(path: Path) -> None:
    assert ":::{quiz}" in text(path)


def test_each_choice_is_judged_at_once_and_with_its_reason(page: Page) -> None:
    quiz = page.locator("book-quiz").first
    reasons = quiz.locator(".quiz-reasons > li")
    assert quiz.get_by_role("status").inner_text() == ""
    for i, button in enumerate(quiz.get_by_role("button").all()):
        button.focus()
        button.press("Enter")
        verdict = quiz.get_by_role("status").text_content() or ""
        assert verdict == reasons.nth(i).text_content()
        right = "quiz-right" in (reasons.nth(i).get_attribute("class") or "")
        assert verdict.startswith("Right. " if right else "No. ")
        assert button.get_attribute("data-verdict") == ("right" if right else "wrong")
        assert quiz.locator("[aria-pressed=true]").count() == 1


def test_the_answers_are_folded_until_asked_for(page: Page) -> None:
    quiz = page.locator("book-quiz").first
    assert not quiz.locator(".quiz-reasons").is_visible()
    quiz.locator("summary").press("Enter")
    assert quiz.locator(".quiz-reasons").is_visible()


def test_without_scripts_the_choices_are_a_list_above_the_folded_answers(browser: Browser, origin: str) -> None:
    with browser.new_page(java_script_enabled=False) as page:
        page.goto(origin + PAGE)
        quiz = page.locator("book-quiz").first
        assert quiz.get_by_role("listitem").count() >= 2
        assert quiz.get_by_role("button").count() == 0
        quiz.locator("summary").click()
        assert quiz.locator(".quiz-right").is_visible()

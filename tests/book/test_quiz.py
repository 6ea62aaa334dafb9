"""Questions with an instant self-check: right is said right, wrong is said wrong, and each says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import mean

import pytest
from playwright.sync_api import Browser, Page

from tools.browser.tab import open_tab

from .conftest import SITE
from .test_notebooks import NOTEBOOKS, every_notebook, text

PAGE = "book/autoregressive/blind-spot.html"


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    with open_tab(browser) as page:
        page.goto(origin + PAGE)
        yield page


QUIZ = re.compile(r":::\{quiz\} (?P<question>.+)\n(?P<choices>(?:.*\n)*?):::")
CHOICE = re.compile(r"^- \[(?P<mark>[ x])\] (?P<choice>.+)$", re.MULTILINE)
MARKUP = re.compile(r"\\[a-z]+|[{}$\\*`_^]")


def quizzes(path: Path) -> list[tuple[str, list[tuple[bool, int]]]]:
    """Each question with its choices: whether it is right, and its length as it is read."""
    found = []
    for quiz in QUIZ.finditer(text(path) + "\n"):
        choices = [(choice["mark"] == "x", len(MARKUP.sub("", choice["choice"])))
                   for choice in CHOICE.finditer(quiz["choices"])]
        found.append((quiz["question"], choices))
    return found


ALL_QUIZZES = list(chain.from_iterable(map(quizzes, NOTEBOOKS)))
CHANCE = 1 / 3  # of a right choice to be the longest, or to stand first, if nothing gives it away
LONGEST_BY_MUCH = 12  # characters


def test_the_quizzes_are_found() -> None:
    assert len(ALL_QUIZZES) == sum(text(path).count(":::{quiz}") for path in NOTEBOOKS) > 40


@pytest.mark.parametrize("quiz", ALL_QUIZZES, ids=lambda quiz: quiz[0][:50])
def test_a_quiz_has_three_choices_and_the_right_one_does_not_stand_out_by_its_length(quiz: tuple) -> None:
    _, choices = quiz
    right = [length for is_right, length in choices if is_right]
    wrong = [length for is_right, length in choices if not is_right]
    assert len(choices) >= 3
    assert len(right) == 1
    assert right[0] <= max(wrong) + LONGEST_BY_MUCH
    assert right[0] >= min(wrong) - LONGEST_BY_MUCH


def test_the_longest_choice_is_right_no_more_often_than_by_chance() -> None:
    longest = [max(choices, key=lambda choice: choice[1])[0] for _, choices in ALL_QUIZZES]
    shortest = [min(choices, key=lambda choice: choice[1])[0] for _, choices in ALL_QUIZZES]
    assert mean(longest) < CHANCE + 0.1
    assert mean(shortest) < CHANCE + 0.1


def test_the_built_choices_are_shuffled() -> None:
    """A right choice stands in each place about equally often, whatever place it has in the source."""
    places = []
    for page in SITE.glob("book/**/*.html"):
        html = page.read_text(encoding="utf-8")
        for reasons in re.findall(r'<ol class="[^"]*quiz-reasons"[^>]*>(.*?)</ol>', html, re.DOTALL):
            kinds = re.findall(r'<li class="(quiz-right|quiz-wrong)">', reasons)
            places.append(kinds.index("quiz-right"))
    assert len(places) >= len(ALL_QUIZZES)
    for place in range(3):
        assert abs(places.count(place) / len(places) - CHANCE) < 0.17


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
    with open_tab(browser, java_script_enabled=False) as page:
        page.goto(origin + PAGE)
        quiz = page.locator("book-quiz").first
        assert quiz.get_by_role("listitem").count() >= 2
        assert quiz.get_by_role("button").count() == 0
        quiz.locator("summary").click()
        assert quiz.locator(".quiz-right").is_visible()

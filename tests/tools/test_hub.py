"""The checks of `make hub` notice what no student should see: here each meets it, on a page made for that."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tools.hub import student
from tools.hub.__main__ import differences
from tools.hub.accounts import Account
from tools.hub.screen import NotSeen, Screen, window

QUIET = """<body><div class="alert-info">Assignments that you can fetch</div>
    <div class="jp-Notebook">ValueError: this is the student's own</div><p hidden>It failed long ago.</p>
    <div style="display: none"><div class="alert-danger">The error</div></div></body>"""
TROUBLE = """<body><div class="alert-danger">a red box</div><div class="alert-warning">a yellow box</div>
    <p class="list_error">in place of a list</p><div class="Toastify__toast--error">a notification</div>
    <p>Error fetching courses!</p><p>The exchange directory does not exist.</p></body>"""


@pytest.fixture
def screen(browser: Browser, tmp_path: Path) -> Iterator[Screen]:
    one = window(browser, Account("alice", "secret"), "http://localhost/", tmp_path)
    yield one
    one.page.context.close()


def test_a_screen_without_trouble_has_none(screen: Screen) -> None:
    screen.page.set_content(QUIET)
    screen.look("quiet")
    assert screen.wrong == []
    assert (screen.folder / "alice-01-quiet.png").stat().st_size > 0


def test_each_kind_of_trouble_is_noted(screen: Screen) -> None:
    screen.page.set_content(TROUBLE)
    screen.look("trouble")
    assert [line.removeprefix("alice, trouble: ") for line in screen.wrong] == [
        "a red box", "a yellow box", "in place of a list", "a notification", "Error fetching courses!",
        "The exchange directory does not exist."]


def test_a_server_that_fails_is_noted(screen: Screen) -> None:
    screen.page.route("**/*", lambda route: route.fulfill(status=500, body="out"))
    screen.page.goto("http://localhost/hub/")
    assert screen.wrong == ["alice: status 500 of http://localhost/hub/"]


def test_a_script_that_fails_is_noted(screen: Screen) -> None:
    screen.page.set_content("<script>nothing.here()</script>")
    screen.page.wait_for_load_state()
    assert len(screen.wrong) == 1


EMPTY = """<body><button id="course_list_default">another course</button><p>Assignments that are released</p>
    <div id="released_assignments_list">There are no assignments to fetch.</div>{dialog}</body>"""


@pytest.mark.parametrize(("dialog", "stands"), [
    ("", "another course There are no assignments to fetch."),
    ('<div class="jp-Dialog-content" hidden>long ago</div><div class="jp-Dialog-content">Select\nKernel</div>',
     "Select Kernel"),
])  # fmt: skip
def test_what_does_not_come_is_named_and_what_stands_in_its_place(screen: Screen, dialog: str, stands: str) -> None:
    screen.page.set_content(EMPTY.format(dialog=dialog))
    screen.page.set_default_timeout(200)
    expected = "alice: expected the button Fetch in the list of assignments, among what is released, and it did not "
    with pytest.raises(NotSeen, match=f"^{re.escape(expected + f'come: in its place stands {stands!r}')}$"):
        student.press(screen, "released", "Fetch", "fetched")


def test_where_nothing_stands_in_its_place_the_browser_s_word_is_told(screen: Screen) -> None:
    screen.page.set_content("<p>Nothing.</p>")
    screen.page.set_default_timeout(200)
    with pytest.raises(NotSeen, match=r"the button Validate above the notebook, and it did not come: \w.* 200ms"):
        student.validate(screen)


SAID = "masks: 20 of 20 points + 2 of 2 bonus points Task Points What the tests say causal_mask 3 of 3 passed"


def test_feedback_that_says_what_it_should_is_taken() -> None:
    assert differences(SAID, 22, 22, ["passed"]) == []


@pytest.mark.parametrize(("score", "most", "parts"), [(21, 22, []), (22, 24, []), (22, 22, ["not answered"])])
def test_other_points_and_missing_words_are_noted(score: float, most: float, parts: list[str]) -> None:
    assert len(differences(SAID, score, most, parts)) == 1

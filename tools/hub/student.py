"""The student's part, by mouse and keyboard: fetch, answer, validate, hand in, read the feedback."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from tools.hub.screen import DIALOG, SIZE, Screen

MAX_SCROLLS = 100  # of half a screen: longer than any notebook here
PLACE = "YOUR ANSWER HERE"
NUMBERED = re.compile(r"\[\d+\]")


def open_list(screen: Screen) -> None:
    """Open nbgrader's list of assignments from the menu, or bring it to the front and read it anew."""
    with screen.expects("nbgrader's list of assignments in the menu"):
        screen.page.get_by_role("menuitem", name="Nbgrader").click()
        screen.page.locator(".lm-Menu-item", has_text="Assignment List").click()
        screen.page.locator("#refresh_assignments_list").click()
    screen.page.wait_for_timeout(2000)


def press(screen: Screen, part: str, button: str, then: str) -> None:
    """Press the button of the one assignment in a part of the list, and wait for it to stand in another part."""
    place = f"#course_list_default, #{part}_assignments_list"
    with screen.expects(f"the button {button} in the list of assignments, among what is {part}", place):
        screen.page.locator(f"#{part}_assignments_list button", has_text=button).first.click()
    with screen.expects(f"the assignment, after {button}, among what is {then}"):
        screen.page.locator(f"#{then}_assignments_list .list_item").first.wait_for()
    screen.look(f"list-{button.lower().replace(' ', '-')}")


def fetch(screen: Screen) -> None:
    open_list(screen)
    screen.look("list")
    press(screen, "released", "Fetch", "fetched")


def open_notebook(screen: Screen, name: str) -> None:
    """Open NAME/NAME.ipynb of the student's home, as a click on its name in the list of files does."""
    screen.page.goto(f"{screen.address}user/{screen.who.name}/lab/tree/{name}/{name}.ipynb")
    with screen.expects(f"the notebook {name}.ipynb in JupyterLab"):
        screen.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    with screen.expects(f"a kernel for {name}.ipynb that is ready"):
        screen.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for()
    screen.look("notebook")


def answer(screen: Screen, begins: str, source: str) -> None:
    """Put an answer in the place of the cell that begins so, and run it."""
    cell = screen.page.locator(".jp-Notebook .jp-CodeCell").filter(
        has=screen.page.locator(".cm-line", has_text=begins)).first
    with screen.expects(f"the cell that begins with {begins!r}, and that it runs"):
        scroll_to(screen, cell)
        replace_text(screen, cell, source)
        cell.locator(".jp-InputPrompt").filter(has_text=NUMBERED).wait_for()


def answer_in_words(screen: Screen, text: str) -> None:
    """Put a text in the place that is left for one, and leave the cell as a student reads it."""
    cell = screen.page.locator(".jp-Notebook .jp-MarkdownCell", has_text=PLACE).first
    with screen.expects("the place for an answer in words, and the answer in it"):
        scroll_to(screen, cell)
        cell.locator(".jp-MarkdownOutput").dblclick()
        replace_text(screen, cell, text)
        screen.page.locator(".jp-Notebook .jp-MarkdownOutput", has_text=text).first.wait_for()


def replace_text(screen: Screen, cell: Locator, text: str) -> None:
    """Replace what stands in a cell, and run it."""
    cell.locator(".cm-content").click()
    screen.page.keyboard.press("Control+A")
    screen.page.keyboard.insert_text(text)
    screen.page.keyboard.press("Control+Home")
    screen.page.keyboard.press("Control+Enter")


def scroll_to(screen: Screen, cell: Locator) -> None:
    """Scroll down until a cell is there: JupyterLab draws a cell when it comes into view."""
    screen.page.mouse.move(SIZE["width"] * 0.6, SIZE["height"] * 0.6)
    for _ in range(MAX_SCROLLS):
        if cell.count():
            break
        screen.page.mouse.wheel(0, SIZE["height"] * 0.5)
        screen.page.wait_for_timeout(300)
    cell.scroll_into_view_if_needed()


def validate(screen: Screen) -> Locator:
    """Save, press Validate, and return what the window then says."""
    screen.page.keyboard.press("Control+S")
    screen.page.wait_for_timeout(3000)
    with screen.expects("the button Validate above the notebook"):
        screen.page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate", exact=True).click()
    dialog = screen.page.locator(DIALOG)
    with screen.expects("an answer of Validate"):
        dialog.wait_for()
    return dialog


def close(screen: Screen, dialog: Locator) -> None:
    dialog.locator("button").last.click()
    dialog.wait_for(state="detached")


def submit(screen: Screen) -> None:
    open_list(screen)
    press(screen, "fetched", "Submit", "submitted")


def fetch_feedback(screen: Screen) -> None:
    """Fetch the feedback; the list then has a link to it."""
    open_list(screen)
    with screen.expects("the button Fetch Feedback in the list of assignments, and then a link to the feedback"):
        screen.page.locator("#submitted_assignments_list button", has_text="Fetch Feedback").first.click()
        screen.page.locator("#submitted_assignments_list a", has_text="(view feedback)").first.wait_for()
    screen.look("list-fetch-feedback")


def read_feedback(screen: Screen, name: str) -> str:
    """Follow the list's link to the folder of the feedback, open the page there, and return what stands in it."""
    screen.page.locator("#submitted_assignments_list a", has_text="(view feedback)").first.click()
    file = screen.page.locator(".jp-DirListing-item", has_text=f"{name}.html")
    with screen.expects(f"{name}.html in the folder of the feedback"):
        file.wait_for()
    screen.look("feedback-folder")
    file.dblclick()
    frame = screen.page.frame_locator(".jp-HTMLViewer iframe, iframe.jp-HTMLViewer")
    with screen.expects("a page of feedback with a heading"):
        frame.locator("h1").first.wait_for()
    screen.look("feedback")
    return frame.locator("body").inner_text()

"""The things to move are moved by keyboard, mouse and finger, say what is seen, and leave words without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from .explorables import WHERE, opened, text


@pytest.mark.parametrize("name", WHERE)
def test_every_control_moves_it_by_keyboard_and_the_text_follows(browser: Browser, origin: str, name: str) -> None:
    keys = {"range": ("ArrowLeft", "ArrowRight"), "select-one": ("ArrowDown", "ArrowUp")}
    shown = "e => JSON.stringify([e.values, e.textContent, e.querySelector('svg')?.innerHTML])"
    at_the_end = "e => e.type === 'range' ? e.value === e.min : e.selectedIndex === e.length - 1"
    with opened(browser, origin, name, reduced_motion="reduce") as element:
        assert element.locator("[role=status]").count() == 1
        controls = element.locator("input, select, button").all()
        assert controls
        for control in controls:
            before, kind = element.evaluate(shown), control.evaluate("e => e.type")
            onward, back = keys.get(kind, ("ArrowUp" if kind == "number" else "Enter",) * 2)
            control.focus()
            control.press(back if control.evaluate(at_the_end) else onward)
            after = element.evaluate(shown)
            assert after != before, control.evaluate("e => e.outerHTML")


DRAGGED = ["receptive-field", "change-of-variables", "two-divergences", "linear-maps"]


@pytest.mark.parametrize("name", DRAGGED)
def test_the_mouse_drags_it(browser: Browser, origin: str, name: str) -> None:
    with opened(browser, origin, name) as element:
        before, box = text(element), element.locator("svg").first.bounding_box()
        assert box
        mouse = element.page.mouse
        mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
        mouse.down()
        mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25, steps=3)
        mouse.up()
        assert text(element) != before
        moved = text(element)
        mouse.move(box["x"], box["y"])  # let go, it stays
        assert text(element) == moved


@pytest.mark.parametrize("name", DRAGGED)
def test_a_finger_drags_it_and_the_page_stays_where_it_is(browser: Browser, origin: str, name: str) -> None:
    with opened(browser, origin, name, has_touch=True, viewport={"width": 400, "height": 800}) as element:
        before, box = text(element), element.locator("svg").first.bounding_box()
        assert box
        scrolled = element.page.evaluate("scrollY")
        session = element.page.context.new_cdp_session(element.page)
        for kind, at in (("touchStart", 0.6), ("touchMove", 0.5), ("touchMove", 0.3), ("touchEnd", None)):
            points = [] if at is None else [{"x": box["x"] + box["width"] * at, "y": box["y"] + box["height"] * at}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert text(element) != before
        assert element.page.evaluate("scrollY") == scrolled


@pytest.mark.parametrize("name", WHERE)
def test_without_scripts_a_sentence_stands_in_its_place(browser: Browser, origin: str, name: str) -> None:
    with opened(browser, origin, name, java_script_enabled=False) as element:
        assert len(element.inner_text().split()) > 10
        assert element.is_visible()

"""A target for the flow that learns in the page, drawn point by point: with the mouse, a finger and the keyboard."""

from __future__ import annotations

import pytest
import torch
from playwright.sync_api import Browser, Locator

from gdm_lib import densities

from .explorables import text
from .live import bare
from .test_live_flow import PIECES, learned, settled


def test_points_are_drawn_with_the_mouse_and_by_keyboard_and_learned(browser: Browser) -> None:
    with bare(browser, "flow-learns", *PIECES, attributes='layers="1" steps="60"', reduced_motion="reduce") as element:
        settled(element)
        box = element.locator(".live-board svg").bounding_box()
        assert box
        mouse = element.page.mouse
        mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
        mouse.down()
        mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5, steps=10)
        mouse.up()
        drawn = settled(element)
        assert drawn["target"] == "points"
        assert len(drawn["points"]) == 11
        assert drawn["points"][0] == pytest.approx([-1.4, 0], abs=0.03)
        target = densities.RoundGaussians(torch.tensor(drawn["points"]), 0.2)
        assert drawn["entropy"] == pytest.approx(target.entropy, abs=1e-4)
        element.get_by_role("button", name="Put a point").press("Enter")
        assert len(settled(element)["points"]) == 12
        assert learned(element)["forward"] < drawn["forward"]
        element.get_by_role("button", name="Remove").press("Enter")
        assert "Draw points" in text(element)


def swipe(element: Locator, *places: float) -> None:
    """A finger over the board from place to place, each as a part of its width and height."""
    box = element.locator(".live-board svg").bounding_box()
    assert box
    session = element.page.context.new_cdp_session(element.page)
    for kind, at in zip(["touchStart", *["touchMove"] * (len(places) - 1)], places, strict=True):
        points = [{"x": box["x"] + box["width"] * 0.5, "y": box["y"] + box["height"] * at}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_that_is_told_to_draw_draws_and_the_page_stays_where_it_is(browser: Browser) -> None:
    phone = {"has_touch": True, "viewport": {"width": 400, "height": 500}}
    with bare(browser, "flow-learns", *PIECES, **phone) as element:
        swipe(element, 0.6)
        assert len(element.evaluate("e => e.points")) == 1  # a tap puts a point
        swipe(element, 0.6, 0.5, 0.3)
        element.page.wait_for_function("scrollY > 0")  # a swipe scrolls
        assert len(element.evaluate("e => e.points")) == 1
        element.get_by_role("button", name="Draw with a finger").tap()
        element.scroll_into_view_if_needed()
        element.page.evaluate("scrollTo(0, 0)")
        swipe(element, 0.6, 0.5, 0.3)
        assert len(element.evaluate("e => e.points")) == 4
        assert element.page.evaluate("scrollY") == 0

"""The things to move are moved by keyboard, mouse and finger, say what is seen, and leave words without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator

from .explorables import WHERE, Open, opened, show, text


@pytest.mark.parametrize("name", WHERE)
def test_every_control_moves_it_by_keyboard_and_the_text_follows(open_element: Open, name: str) -> None:
    keys = {"range": ("ArrowLeft", "ArrowRight"), "select-one": ("ArrowDown", "ArrowUp")}
    shown = "e => JSON.stringify([e.values, e.textContent, e.querySelector('svg')?.innerHTML])"
    at_the_end = "e => e.type === 'range' ? e.value === e.min : e.selectedIndex === e.length - 1"
    element = open_element(name)
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
dragged_at_once = pytest.mark.parametrize("name", [
    pytest.param(name, marks=[] if name in DRAGGED else [pytest.mark.slow]) for name in WHERE])


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


def swipe(element: Locator, x: float, y: float, dx: float, dy: float) -> None:
    """A finger from one place of the window to another, in six moves."""
    session = element.page.context.new_cdp_session(element.page)
    for step in range(7):
        kind = "touchStart" if step == 0 else "touchMove"
        points = [{"x": x + dx * step / 6, "y": y + dy * step / 6}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    element.page.wait_for_timeout(300)


@contextmanager
def on_a_phone(browser: Browser, origin: str, name: str) -> Iterator[Locator]:
    with opened(browser, origin, name, has_touch=True, viewport={"width": 400, "height": 800}) as element:
        yield element


TEXT_SIZES = """e => [...e.querySelectorAll("svg text")].map(
  (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""


@dragged_at_once
def test_a_finger_that_swipes_up_scrolls_the_page_and_moves_nothing(browser: Browser, origin: str, name: str) -> None:
    with on_a_phone(browser, origin, name) as element:
        element.evaluate("e => e.querySelector('.explorable-panel').scrollIntoView({ block: 'center' })")
        box = element.locator(".explorable-panel").bounding_box()
        assert box
        before, scrolled = element.evaluate("e => ({ ...e.values })"), element.page.evaluate("scrollY")
        swipe(element, box["x"] + 0.25 * box["width"], box["y"] + 0.6 * box["height"], 0, -150)
        assert element.page.evaluate("scrollY") > scrolled + 50
        assert min(element.evaluate(TEXT_SIZES), default=10) >= 10
        after = element.evaluate("e => ({ ...e.values })")
        assert {key: after[key] for key in before} == before  # what learns by itself may have more to say by now


@pytest.mark.parametrize("name", ["receptive-field", "change-of-variables", "two-divergences"])
def test_a_finger_that_goes_to_the_side_moves_it(browser: Browser, origin: str, name: str) -> None:
    with on_a_phone(browser, origin, name) as element:
        before, box = text(element), element.locator("svg").first.bounding_box()
        scrolled = element.page.evaluate("scrollY")
        assert box
        swipe(element, box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"], 120, 0)
        assert text(element) != before
        assert element.page.evaluate("scrollY") == scrolled


@pytest.mark.parametrize("name", ["change-of-variables", "two-divergences", "linear-maps"])
def test_a_handle_goes_with_the_finger_also_upwards(browser: Browser, origin: str, name: str) -> None:
    with on_a_phone(browser, origin, name) as element:
        before, box = text(element), element.locator(".explorable-handle").first.bounding_box()
        scrolled = element.page.evaluate("scrollY")
        assert box
        swipe(element, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0, -40)
        assert text(element) != before
        assert element.page.evaluate("scrollY") == scrolled


def test_settings_go_into_the_address_and_come_back_from_it(browser: Browser, origin: str) -> None:
    with opened(browser, origin, "two-divergences") as element:
        page = element.page
        element.evaluate("e => e.update({ mean: 1.5, deviation: 0.75 })")
        page.wait_for_function("location.search.includes('mean=1.5')")
        address, said = page.url, text(element)
        page.goto(address)
        assert text(page.locator("two-divergences").first) == said
        page.goto(f"{origin}book/{WHERE['two-divergences']}.html?two-divergences.mean=900&two-divergences.deviation=x")
        shown = page.locator("two-divergences").first.evaluate("e => [e.mean, e.deviation]")
        assert shown == [4, 1]  # too large is the largest, no number the default


def test_matrices_and_choices_can_be_linked_too(browser: Browser, origin: str) -> None:
    with opened(browser, origin, "linear-maps") as element:
        element.page.goto(f"{origin}book/{WHERE['linear-maps']}.html?linear-maps.first=0,1,1,0&linear-maps.second=9,9,9,9")
        shown = element.page.locator("linear-maps").first.evaluate("e => [e.first, e.second]")
        assert shown == [[0, 1, 1, 0], [1, 0, 1, 0.5]]  # an entry beyond 3 is none
    with opened(browser, origin, "one-pass") as element:
        element.page.goto(f"{origin}book/{WHERE['one-pass']}.html?one-pass.model=IAF&one-pass.direction=h")
        assert element.page.locator("one-pass").first.evaluate("e => [e.model, e.direction]") == ["IAF", "f"]


# One state of each that is not its first, by what a reader can change.
STATES = {
    "receptive-field": {"kernel": 5, "layers": 1, "first": "B", "stack": "gated", "color": "green", "row": 3,
                        "column": 7},
    "causal-order": {"preset": "hand", "order": [2, 1, *range(3, 17)], "mask": [True] * 5 + [False] * 4},
    "change-of-variables": {"slope": 1.7, "place": -0.4, "strip": 1.1},
    "linear-maps": {"first": [0.5, 0, 1, -1.3], "second": [1, 2, 0, 1]},
    "flow-learns": {"target": "points", "points": [[0.5, -1.25], [2, 0]], "direction": "reverse", "kind": "coupling",
                    "layers": 1, "show": "grid", "cross1": 1, "cross2": -2, "seed": 3},
    "flow-steps": {"step": 2},
    "two-divergences": {"mean": 1.5, "deviation": 0.75},
    "one-pass": {"model": "IAF", "direction": "g", "m": 4, "passes": 2},
    "pixelcnn-paints": {"step": 40, "label": 7, "temperature": 0.6, "seed": 12, "begin": "half", "ink": [1, 16] * 16},
    "maf-by-numbers": {"z1": 0.3, "z2": -0.7, "z3": 0.9, "z4": -0.1, "step": 3, "back": False},
}
# The element anew, as the address that it has made shows it.
LINKED = """(e) => {
  const query = new URLSearchParams(e.kept.map((key) => [key, e.keptValue(key)]));
  const script = e.querySelector("script")?.cloneNode(true);
  const other = document.createElement(e.localName);
  if (script) other.append(script);
  other.addressed = (key) => query.get(key);
  document.body.append(other);
  const settings = Object.fromEntries(e.kept.map((key) => [key, other[key]]));
  return [e.text.textContent, other.text.textContent, settings];
}"""


@pytest.mark.parametrize("name", WHERE)
def test_an_address_holds_all_that_a_reader_can_change(open_element: Open, name: str) -> None:
    element = open_element(name)
    fresh = text(element)
    show(element, **STATES[name])
    said, linked, settings = element.evaluate(LINKED)
    assert said != fresh
    if name == "flow-learns":  # the linked one has only just begun
        said, linked = said.split(" KL. ")[0], linked.split(" KL. ")[0]
    assert linked == said
    assert {key: settings[key] for key in STATES[name]} == STATES[name]


def test_without_a_change_the_address_stays_as_it_is(browser: Browser, origin: str) -> None:
    with opened(browser, origin, "two-divergences") as element:
        element.page.wait_for_timeout(500)
        assert "?" not in element.page.url


@pytest.mark.parametrize("slope", [0.2, 1.0, 4.0])
def test_no_density_is_cut_off(open_element: Open, slope: float) -> None:
    for strip in (-2.5, 0.0, 2.5):
        values = show(open_element("change-of-variables"), slope=slope, strip=strip)
        assert values["pz"] <= values["top"]
        assert values["px"] <= values["top"]


@pytest.mark.parametrize("entries", [[3, 3, -3, 3], [0.1, 0, 0, 0.1], [2, 1, 0, 1]])
def test_a_square_and_its_images_are_in_the_picture(open_element: Open, entries: list[float]) -> None:
    element = open_element("linear-maps")
    show(element, first=entries, second=entries)
    corners = element.evaluate("""e => [...e.querySelectorAll("svg .plot-strip")].map((area) => {
      const box = area.getBBox(); return [box.x, box.y, box.x + box.width, box.y + box.height]; })""")
    assert len(corners) == 3
    for box in corners:
        assert all(0 <= place <= 150 for place in box)


WITH_AXES = ["two-divergences", "change-of-variables", "linear-maps", "flow-learns", "flow-steps", "pixelcnn-paints"]


@pytest.mark.parametrize("name", WITH_AXES)
def test_a_picture_has_numbers_on_its_axes(open_element: Open, name: str) -> None:
    assert open_element(name).locator("text.plot-number").count() >= 3


@dragged_at_once
def test_without_scripts_a_sentence_stands_in_its_place(browser: Browser, origin: str, name: str) -> None:
    with opened(browser, origin, name, java_script_enabled=False) as element:
        assert len(element.inner_text().split()) > 10
        assert element.is_visible()

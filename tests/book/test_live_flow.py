"""The flow that learns in the page: its divergences are the library's, and it does what the pages say of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Locator, Page

from gdm_lib import densities, divergences
from gdm_lib.flows import GaussianAutoregressive, NormalizingFlow, StandardNormal, maf

from .explorables import text
from .live import bare

PIECES = ["live-targets", "live-flow", "live-worker"]
SCRIPT_BUDGET = 30_000  # bytes
HIDDEN = 32
MINUTE = 60_000  # milliseconds
# Reverse KL in nats of one Gaussian, by quadrature: on one hump; stuck in the middle; and fitted by the forward KL.
SEEKS, STUCK, COVERS = math.log(2), 1.138, 1.272
HUMPS = densities.RoundGaussians(torch.tensor([[-2.0, 0.0], [2.0, 0.0]]), 0.6)


def settled(element: Locator) -> dict[str, Any]:
    """Its numbers once the worker has answered and does not learn."""
    handle = element.element_handle()
    element.page.wait_for_function("e => e.report && !e.starting && !e.learning", arg=handle, timeout=4 * MINUTE)
    return element.evaluate("e => e.values")


def learned(element: Locator) -> dict[str, Any]:
    """Its numbers after it has learned to the end."""
    settled(element)
    element.get_by_role("button", name="Learn").click()
    shown = settled(element)
    assert shown["step"] == shown["steps"]
    return shown


def model_of(theta: list[float], layers: int) -> NormalizingFlow:
    """The library's flow with these parameters."""
    model = NormalizingFlow(StandardNormal(2), maf(2, layers, hidden=(HIDDEN, HIDDEN)))
    rows = torch.tensor(theta).reshape(layers, -1)
    parts = [part for part in model.modules() if isinstance(part, GaussianAutoregressive)]
    for part, row in zip(parts, rows, strict=True):
        first, w1, b1, w2, b2, w3, b3 = row.split([2, HIDDEN, HIDDEN, HIDDEN**2, HIDDEN, 2 * HIDDEN, 2])
        one, two, last = part.layers
        one.weight.data[:, 0], one.bias.data = w1, b1
        two.weight.data, two.bias.data = w2.reshape(HIDDEN, HIDDEN), b2
        last.weight.data[[1, 3]] = w3.reshape(2, HIDDEN)
        last.bias.data[[0, 2]], last.bias.data[[1, 3]] = first, b3
    return model


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_both_directions_learn_the_banana_and_the_library_agrees(browser: Browser, direction: str) -> None:
    attributes = f'target="banana" direction="{direction}" layers="1" steps="300"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        shown = learned(element)
        theta = element.evaluate("e => [...e.report.theta]")
    model, banana = model_of(theta, 1), densities.banana()
    assert shown["entropy"] == pytest.approx(banana.entropy, abs=1e-6)
    for way, estimator in (("forward", divergences.forward_kl), ("reverse", divergences.reverse_kl)):
        estimate = estimator(banana, model, 20_000)
        error = estimate.standard_error * (1 + 20**0.5)  # the page takes 1,000 points
        assert 1 / 3 < shown[f"{way}Error"] / (estimate.standard_error * 20**0.5) < 3
        assert shown[way] == pytest.approx(estimate.value, abs=4 * error)
        assert estimate.value < 0.05


@pytest.mark.parametrize(
    ("direction", "start", "kl", "missed"),
    [("reverse", -1, SEEKS, 0.5), ("reverse", 0, STUCK, 0), ("forward", -1, COVERS, 0)],
)
def test_one_gaussian_covers_or_seeks_as_the_page_says(
    browser: Browser, direction: str, start: int, kl: float, missed: float
) -> None:
    attributes = f'target="humps" direction="{direction}" layers="0" cross1="{start}" steps="400"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        shown = learned(element)
        theta = element.evaluate("e => [...e.report.theta]")
    model = model_of(theta, 1)
    drawn, estimate = model.sample(4000), divergences.reverse_kl(model, HUMPS, 20_000)
    assert shown["missed"] == pytest.approx(missed, abs=0.06)
    assert float((drawn[:, 0] > 0).double().mean()) == pytest.approx(0.5 - missed, abs=0.06)
    assert estimate.value == pytest.approx(kl, abs=0.06)
    assert shown["reverse"] == pytest.approx(estimate.value, abs=4 * estimate.standard_error * (1 + 20**0.5))


def test_the_sentence_tells_the_numbers_and_stays_above_the_floor(browser: Browser) -> None:
    attributes = 'target="moons" layers="2" steps="50"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        shown = learned(element)
        said = text(element)
    assert f"NLL {shown['entropy'] + shown['forward']:.2f} nats" in said
    assert f"the entropy, is {densities.moons().entropy:.2f}" in said
    assert f"Forward KL {shown['forward']:.2f} ± {shown['forwardError']:.2f} nats" in said
    assert f"reverse KL {shown['reverse']:.2f} ± {shown['reverseError']:.2f} nats" in said
    assert shown["forward"] > 0
    assert shown["reverse"] > 0


def reports(page: Page) -> int:
    return page.evaluate("() => window.reports")


def test_it_is_calm_where_motion_is_to_be_reduced(browser: Browser) -> None:
    attributes = 'target="banana" layers="1" steps="200"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        settled(element)
        element.evaluate("""e => {
          window.reports = 0;
          e.worker.addEventListener("message", () => window.reports++);
        }""")
        learned(element)
        assert reports(element.page) == 1  # the end


def test_it_pauses_and_a_new_setting_starts_anew(browser: Browser) -> None:
    with bare(browser, "flow-learns", *PIECES, attributes='target="banana" layers="1"') as element:
        settled(element)
        element.get_by_role("button", name="Learn").click()
        handle = element.element_handle()
        element.page.wait_for_function("e => e.report && e.report.step > 0", arg=handle, timeout=MINUTE)
        element.get_by_role("button", name="Pause").click()
        element.page.wait_for_function("e => !e.report.learning", arg=handle, timeout=MINUTE)
        paused = settled(element)
        assert 0 < paused["step"] < paused["steps"]
        element.evaluate("e => e.update({ direction: 'reverse' })")
        assert settled(element)["step"] == 0


def test_couplings_learn_the_pinwheel_and_the_checkerboard_has_no_reverse_kl(browser: Browser) -> None:
    attributes = 'target="pinwheel" kind="coupling" layers="2" steps="100"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        before = settled(element)
        after = learned(element)
        assert after["entropy"] == pytest.approx(densities.pinwheel().entropy, abs=1e-5)
        assert 0 < after["forward"] < before["forward"]
        assert "A flow of 2 couplings learns a pinwheel by the forward KL" in text(element)
        element.evaluate("e => e.update({ target: 'checkerboard' })")
        settled(element)
        assert "reverse KL infinite." in text(element)
        element.evaluate("e => e.update({ direction: 'reverse' })")
        assert "density 0 beside its squares" in text(element)
        element.get_by_role("button", name="Learn").click()
        assert element.evaluate("e => e.learning") is not True


def test_nothing_is_computed_in_the_page_s_own_thread(browser: Browser) -> None:
    """60 steps of five layers could hold the page up; they are done elsewhere: here the arithmetic is never called."""
    attributes = 'target="banana" layers="5" steps="60"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        settled(element)
        element.evaluate("""() => {
          window.called = 0;
          for (const name of ["liveFlow", "liveTargets", "liveWorker"]) window[name] = () => (window.called += 1);
        }""")
        assert learned(element)["forward"] < 1
        assert element.page.evaluate("called") == 0


# What the page does when reports come faster than the screen shows them: how often it drew before and in the next
# frame, and each change that one frame makes to the document.
FLOOD = """async (e) => {
  const [report, frame] = [e.report, () => new Promise(requestAnimationFrame)];
  await frame();
  const changes = [];
  const watcher = new MutationObserver((found) => changes.push(...found.map(({ type }) => type)));
  watcher.observe(e, { subtree: true, childList: true, attributes: true, characterData: true });
  let painted = 0;
  const paint = e.paint.bind(e);
  e.paint = () => {
    painted += 1;
    paint();
  };
  for (let step = 1; step <= 200; step++) e.receive({ ...report, step, learning: step < 200 });
  const before = painted;
  await frame();
  await frame();
  const points = (path) => (e.paths[path].getAttribute("d").match(/[ML]/g) ?? []).length;
  const shown = Object.fromEntries(Object.keys(e.paths).map((name) => [name, points(name)]));
  const cells = e.canvas.width * e.canvas.height;
  return { before, painted, step: e.values.step, changes: changes.length, shown, cells };
}"""


@pytest.mark.parametrize("show", ["density", "grid"])
def test_the_page_draws_at_most_once_a_frame_and_little(browser: Browser, show: str) -> None:
    """However fast the worker reports, and whatever it learns: so a frame costs the page the same few milliseconds."""
    attributes = f'target="rings" layers="5" steps="50" show="{show}"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        learned(element)
        found = element.evaluate(FLOOD)
    assert (found["before"], found["painted"], found["step"]) == (0, 1, 200)
    assert found["changes"] <= 24
    assert found["cells"] == 48 * 48
    most = {"data": 300, "samples": 300, "grid": 14 * 41, "cross": 2, "curve": 61, "floor": 1}
    assert found["shown"].keys() == most.keys()
    assert all(0 <= count <= most[name] for name, count in found["shown"].items())
    assert found["shown"]["data"] == 300
    assert found["shown"]["samples"] == (300 if show == "density" else 0)


def test_what_is_pressed_before_it_has_started_is_not_lost(browser: Browser) -> None:
    attributes = 'target="banana" layers="1" steps="30"'
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, reduced_motion="reduce") as element:
        element.evaluate("e => { e.update({ layers: 2 }); e.learn(); }")
        shown = settled(element)
        assert (shown["step"], shown["layers"], shown["seed"]) == (30, 2, 1)


CURVE = """e => {
  const scale = e.plot.getScreenCTM().a;
  const texts = [...e.plot.querySelectorAll("text")];
  const numbers = texts.filter((text) => text.classList.contains("plot-number"));
  const read = (text) => [Number(text.textContent.replace("−", "-")), Number(text.getAttribute("y"))];
  const inside = (text) => {
    const [box, whole] = [text.getBBox(), e.plot.viewBox.baseVal];
    return box.x >= 0 && box.y >= 0 && box.x + box.width <= whole.width && box.y + box.height <= whole.height;
  };
  return {
    sizes: texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * scale),
    words: texts.map((text) => text.textContent),
    inside: texts.every(inside),
    upright: numbers.filter((text) => text.getAttribute("text-anchor") === "end").map(read),
    last: e.paths.curve.getAttribute("d").match(/[\\d.]+$/)[0],
    floor: Number(e.paths.floor.getAttribute("d").match(/M\\S+ ([\\d.]+)H/)[1]),
  };
}"""


@pytest.mark.parametrize("direction", ["forward", "reverse"])
def test_the_curve_has_an_axis_in_nats_that_is_legible_on_a_phone_and_true(browser: Browser, direction: str) -> None:
    attributes = f'target="moons" layers="1" steps="50" direction="{direction}"'
    phone = {"viewport": {"width": 400, "height": 800}, "reduced_motion": "reduce"}
    with bare(browser, "flow-learns", *PIECES, attributes=attributes, **phone) as element:
        shown = learned(element)
        drawn = element.evaluate(CURVE)
    assert min(drawn["sizes"]) >= 10
    assert drawn["inside"]
    assert "nats" in drawn["words"]
    (low, y_low), *_, (high, y_high) = drawn["upright"]
    assert len(drawn["upright"]) >= 2
    floor = shown["entropy"] if direction == "forward" else 0
    per_nat = (y_low - y_high) / (high - low)
    assert drawn["floor"] == pytest.approx(y_low - 4 + (low - floor) * per_nat, abs=0.5)
    end = floor + min(shown[direction], 4)
    assert float(drawn["last"]) == pytest.approx(y_low - 4 - (end - low) * per_nat, abs=0.5)


def test_all_its_scripts_as_the_site_serves_them_weigh_less_than_the_budget(site: Path) -> None:
    names = ["explorable", *PIECES, "flow-learns"]
    served = [site / "_static" / "explorables" / f"{name}.js" for name in names]
    assert sum(path.stat().st_size for path in served) < SCRIPT_BUDGET

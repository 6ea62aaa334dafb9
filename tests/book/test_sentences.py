"""The things to move say of themselves, and their captions promise, only what is true over a grid of all settings."""

from __future__ import annotations

import random
import re
from itertools import combinations, product
from typing import Any

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

from .explorables import Open, said, show

NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")
TARGET = MixtureSameFamily(
    Categorical(torch.tensor([0.7, 0.3]).double()),
    Normal(torch.tensor([-2.0, 2.0]).double(), torch.tensor([0.5, 0.5]).double()),
)
COVERING = {"mean": -0.8, "deviation": 1.9}
LEFT, RIGHT = {"mean": -2.0, "deviation": 0.5}, {"mean": 2.0, "deviation": 0.5}


def numbers(sentence: str) -> list[float]:
    return [float(number.replace("−", "-")) for number in NUMBER.findall(sentence)]


def grid(**axes: Any) -> list[dict[str, Any]]:
    """Every combination of the values on the axes."""
    return [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]


def kl_by_quadrature(mean: float, deviation: float) -> tuple[float, float]:
    """Forward and reverse KL in nats of the Gaussian, on a grid finer than that of the page."""
    x = torch.linspace(-30, 30, 24_001, dtype=torch.float64)
    log_pi, log_p = TARGET.log_prob(x), Normal(mean, deviation).log_prob(x)
    forward = torch.trapezoid(log_pi.exp() * (log_pi - log_p), x)
    return float(forward), float(torch.trapezoid(log_p.exp() * (log_p - log_pi), x))


def test_two_divergences_says_where_the_model_lies_and_both_divergences(open_element: Open) -> None:
    settings = grid(mean=[-4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4], deviation=[0.3, 0.5, 1, 1.6, 1.9, 2.5])
    for setting, (_, sentence) in zip(settings, said(open_element("two-divergences"), settings), strict=True):
        found = numbers(re.sub(r"\(.*?\)", "", sentence))
        edges = Normal(**{"loc": setting["mean"], "scale": setting["deviation"]}).cdf(torch.tensor([-3.0, -1, 1, 3]))
        assert " %" not in sentence  # a number stays with its sign
        assert found[:2] == [setting["mean"], setting["deviation"]]
        assert found[2:5] == pytest.approx((100 * edges.diff()).tolist(), abs=0.6), sentence
        assert found[5:] == pytest.approx(kl_by_quadrature(**setting), abs=0.02, rel=0.01), sentence


STARTS = grid(mean=[-4, -3, -1.5, 0, 0.5, 1, 1.5, 3, 4], deviation=[0.5, 1, 2])


def descend(open_element: Open, direction: str, starts: list[dict[str, Any]]) -> list[dict[str, float]]:
    """Return where the button leads from each start."""
    script = """([e, direction, starts]) => starts.map((start) => {
      e.update(start);
      e.descend(direction);
      return { mean: e.values.mean, deviation: e.values.deviation };
    })"""
    element = open_element("two-divergences")
    return element.page.evaluate(script, [element.element_handle(), direction, starts])


def test_going_down_the_forward_kl_ends_at_the_same_gaussian_from_every_start(open_element: Open) -> None:
    for start, end in zip(STARTS, descend(open_element, "forward", STARTS), strict=True):
        assert end == pytest.approx(COVERING, abs=0.02), start


def test_going_down_the_reverse_kl_ends_on_a_hump_which_is_not_always_the_nearer_one(open_element: Open) -> None:
    nearer = []
    for start, end in zip(STARTS, descend(open_element, "reverse", STARTS), strict=True):
        on_left, on_right = end == pytest.approx(LEFT, abs=0.02), end == pytest.approx(RIGHT, abs=0.02)
        assert on_left or on_right, (start, end)
        if start["mean"] != 0:
            nearer.append(on_right == (start["mean"] > 0))
    assert any(nearer)
    assert not all(nearer)


def test_from_the_setting_shown_first_the_reverse_kl_ends_on_the_hump_farther_away(open_element: Open) -> None:
    first = open_element("two-divergences").evaluate("e => ({ mean: e.mean, deviation: e.deviation })")
    fresh = {"mean": 0.5, "deviation": 1}  # as the page shows it: nearer to the right hump
    assert first.keys() == fresh.keys()
    assert descend(open_element, "reverse", [fresh])[0] == pytest.approx(LEFT, abs=0.02)


def test_the_strip_of_the_change_of_variables_is_as_it_says(open_element: Open) -> None:
    settings = grid(slope=[0.2, 0.6, 1, 2.5, 4], place=[-2, -0.3, 0, 1.1, 2], strip=[-2.5, -0.4, 0, 0.8, 2.5])
    for setting, (_, sentence) in zip(settings, said(open_element("change-of-variables"), settings), strict=True):
        ends = torch.tensor([-0.15, 0, 0.15], dtype=torch.float64) + setting["strip"]
        z = ends + (setting["slope"] - 1) / 2 * torch.tanh(2 * (ends - setting["place"]))
        slope = 1 + (setting["slope"] - 1) * (1 - torch.tanh(2 * (ends[1] - setting["place"])) ** 2)
        density = Normal(0.0, 1.0).log_prob(ends[1]).exp()
        wanted = [setting["strip"], z[1], slope, density, slope, density / slope, (z[2] - z[0]) / 0.3, 1]
        assert numbers(sentence) == pytest.approx([float(number) for number in wanted], abs=0.0051), sentence


def test_linear_maps_says_what_becomes_of_areas(open_element: Open) -> None:
    generator = random.Random(0)
    entries = [round(0.1 * k, 1) for k in range(-30, 31)]
    settings = []
    for _ in range(300):
        settings.append({name: generator.choices(entries, k=4) for name in ("first", "second")})
    settings.append({"first": [0.1, 0, 0, 0.1], "second": [0.1, 0, 0, 0.1]})
    settings.append({"first": [1, 2, 2, 4], "second": [1, 0, 0, 1]})
    settings.append({"first": [0.3, 0.1, 0.9, 0.3], "second": [1, 0, 0, 1]})  # flat, but for rounding below 0
    for setting, (_, sentence) in zip(settings, said(open_element("linear-maps"), settings), strict=True):
        one, two = (float(torch.linalg.det(torch.tensor(setting[name], dtype=torch.float64).reshape(2, 2)))
                    for name in ("first", "second"))
        areas, logarithms = sentence.split("multiplied by")
        told = numbers(re.sub(r"W[₁₂]|det", "", areas))
        assert told == pytest.approx([one, two, one * two], abs=0.0051), sentence
        assert not re.search(r"−0\.00\b", sentence), sentence
        flat = abs(one * two) < 1e-9
        assert ("flattened" in sentence) == flat, sentence
        assert ("mirrored" in sentence) == (one * two < -1e-9), sentence
        if not flat:
            factor, *logs = numbers(logarithms)
            assert factor == pytest.approx(abs(one * two), rel=0.06), sentence
            wanted = torch.tensor([one, two, one * two]).abs().log().tolist()
            assert logs == pytest.approx(wanted, abs=0.0051), sentence


FIELDS = grid(kernel=[3, 5], layers=[0, 3, 8], first=["A", "B"], stack=["plain", "gated"], color=["gray", "green"],
              row=[1, 6, 9], column=[1, 5, 9])


def test_the_receptive_field_says_how_much_is_seen(open_element: Open) -> None:
    for setting, (values, sentence) in zip(FIELDS, said(open_element("receptive-field"), FIELDS), strict=True):
        seen = values["past"] - values["missing"]
        reach = f" sees {seen} of {values['past']} earlier" if values["past"] else " comes first: nothing is earlier."
        assert reach in sentence, (setting, sentence)
        assert ("all of them" in sentence) == (values["missing"] == 0 < values["past"])
        assert " 1, marked ×, are" not in sentence
        assert ("It also sees" in sentence) == (values["forbidden"] > 0)


def test_depth_does_not_cure_the_blind_spot_and_two_stacks_do(open_element: Open) -> None:
    element = open_element("receptive-field")
    middle = {"kernel": 3, "first": "A", "color": "gray", "row": 7, "column": 3}
    missing = [show(element, **middle, stack="plain", layers=layers)["missing"] for layers in range(9)]
    assert missing == sorted(missing, reverse=True)
    assert missing[-1] == missing[-2] == len(list(combinations(range(1, 7), 2)))  # pixels (r, c) with c > r
    for setting in grid(row=range(1, 10), column=range(1, 10)):
        deep = {**middle, **setting, "stack": "gated", "layers": 8}
        assert show(element, **deep)["missing"] == 0


def test_green_sees_the_red_of_its_own_pixel_and_itself_only_behind_a_wrong_first_layer(open_element: Open) -> None:
    element = open_element("receptive-field")
    own = (6 - 1) * 9 + 5 - 1
    settings = {"kernel": 3, "layers": 2, "stack": "plain", "color": "green", "row": 6, "column": 5}
    right, wrong = (set(show(element, **settings, first=first)["seen"]) for first in "AB")
    assert {3 * own, 3 * own + 1, 3 * own + 2} & right == {3 * own}
    assert 3 * own + 1 in wrong


def test_the_mask_of_type_a_fits_raster_order_and_none_of_the_others(open_element: Open) -> None:
    element = open_element("causal-order")
    element.get_by_role("button", name="Raster mask, type A").click()
    for order in ("raster", "columns", "snake", "spiral"):
        element.locator("select").select_option(order)
        assert element.evaluate("e => e.values.causal") == (order == "raster")


def test_an_order_and_a_mask_are_judged_by_their_links(open_element: Open) -> None:
    generator = random.Random(0)
    orders = [list(range(1, 17)), *(generator.sample(range(1, 17), 16) for _ in range(20))]
    masks = []
    for _ in range(12):
        masks.append([generator.random() < 0.4 for _ in range(9)])
    masks.append([True] * 4 + [False] * 5)
    settings = grid(order=orders, mask=masks)
    two_exchanged = [*range(1, 15), 16, 15]  # one link looks ahead, and the opposite one does not
    settings.append({"order": two_exchanged, "mask": [False] * 3 + [True] + [False] * 5})
    for setting, (_, sentence) in zip(settings, said(open_element("causal-order"), settings), strict=True):
        order, later, earlier = setting["order"], 0, 0
        for (row, column), tap in product(product(range(4), range(4)), range(9)):
            y, x = row + tap // 3 - 1, column + tap % 3 - 1
            if setting["mask"][tap] and 0 <= y < 4 and 0 <= x < 4:
                looks_ahead = order[4 * y + x] >= order[4 * row + column]
                later, earlier = later + looks_ahead, earlier + (not looks_ahead)
        assert sentence.startswith("Causal") == (later == 0), sentence
        assert f" {earlier} of 120 links to the past {'is' if earlier == 1 else 'are'} there" in sentence
        links = "1 link is" if later == 1 else f"{later} links are"
        assert later == 0 or f" {links} forbidden" in sentence


def test_one_pass_counts_what_each_pass_finds(open_element: Open) -> None:
    settings = grid(model=["MAF", "IAF"], direction=["f", "g"], m=range(2, 9), passes=range(9))
    for setting, (_, sentence) in zip(settings, said(open_element("one-pass"), settings), strict=True):
        m, passes = setting["m"], min(setting["passes"], setting["m"])
        fast = (setting["model"], setting["direction"]) in (("MAF", "f"), ("IAF", "g"))
        done = m * (passes > 0) if fast else passes
        assert f"After {passes} pass" in sentence, sentence
        assert f" {done} of {m} values of " in sentence, sentence
        assert f" {'is' if done == 1 else 'are'} right." in sentence, sentence
        assert ("one pass is enough" in sentence) == fast, sentence
        assert fast or f"{m} passes in all" in sentence, sentence


def test_the_steps_of_the_flow_end_in_a_nearly_round_cloud(open_element: Open) -> None:
    steps = said(open_element("flow-steps"), grid(step=range(5)))
    for step, (values, sentence) in enumerate(steps):
        assert f"forward KL would be {values['kl']:.2f} nats" in sentence
        assert ("nearly a round cloud" in sentence) == (step == 4)
    assert steps[4][0]["mean"] == pytest.approx([0, 0], abs=0.25)
    assert steps[4][0]["deviation"] == pytest.approx([1, 1], abs=0.2)

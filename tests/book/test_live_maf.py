"""MAF by numbers: every number that it shows or says is the library's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import Browser, Locator
from torch import Tensor

from gdm_lib.flows import GaussianAutoregressive, NormalizingFlow, StandardNormal

from .explorables import show, text
from .live import bare


class ByHand(GaussianAutoregressive):
    """The page's network by hand, in the library's flow: mu_j is half the sum before, sigma_j = 1 + x_{j-1}^2."""

    def conditionals(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        sigma = torch.cat((torch.ones_like(x[..., :1]), 1 + x[..., :-1] ** 2), -1)
        return (x.cumsum(-1) - x) / 2, sigma.log()


NOISE = [[-1, 0.5, 0.2, 1], [0, 0, 0, 0], [1, -1, 1, -1], [0.3, -0.7, 0.9, -0.1]]


@pytest.fixture(scope="module")
def element(browser: Browser) -> Iterator[Locator]:
    with bare(browser, "maf-by-numbers") as element:
        yield element


def numbers(sentence: str) -> list[float]:
    found = re.findall(r"(?<![₁₂₃₄])[-−]?\d+(?:\.\d+)?", sentence)
    return [float(number.replace("−", "-")) for number in found]


@pytest.mark.parametrize("noise", NOISE)
def test_every_number_is_that_of_the_flow(element: Locator, noise: list[float]) -> None:
    flow, z = ByHand(4).double(), torch.tensor([noise], dtype=torch.float64)
    x, log_det = flow.g_sequential(z)
    mu, log_sigma = flow.conditionals(x)
    shown = show(element, **{f"z{j}": value for j, value in enumerate(noise, 1)}, step=4, back=True)
    log_prob = NormalizingFlow(StandardNormal(4), flow).double().log_prob(x)
    expected = {"x": x, "mu": mu, "sigma": log_sigma.exp(), "found": flow.f(x)[0]}
    for name, values in expected.items():
        assert shown[name] == pytest.approx(values[0].tolist(), abs=1e-12), name
    assert shown["found"] == pytest.approx(noise, abs=1e-12)
    assert shown["logDet"] == pytest.approx(log_det.item(), abs=1e-12)
    assert shown["logProb"] == pytest.approx(log_prob.item(), abs=1e-12)


@pytest.mark.parametrize("noise", NOISE)
def test_a_press_says_what_the_next_number_is_computed_from(element: Locator, noise: list[float]) -> None:
    flow = ByHand(4).double()
    x = flow.g_sequential(torch.tensor([noise], dtype=torch.float64))[0]
    mu, log_sigma = flow.conditionals(x)
    show(element, **{f"z{j}": value for j, value in enumerate(noise, 1)}, step=0, back=False)
    for j in range(4):
        element.get_by_role("button", name="Next step").click()
        before, (m, s) = x[0, :j].tolist(), (mu[0, j].item(), log_sigma[0, j].exp().item())
        expected = [j + 1, 4, *before, m, s, m, s, noise[j], x[0, j].item()]
        assert numbers(text(element)) == pytest.approx(expected, abs=5.1e-4), text(element)


def test_the_way_back_is_one_press_from_any_step(element: Locator) -> None:
    show(element, z1=-1, z2=0.5, z3=0.2, z4=1, step=2, back=False)
    element.get_by_role("button", name="Back").click()
    assert "gives z = (−1, 0.5, 0.2, 1)" in text(element)
    assert "−0.916" in text(element)  # -log 2.5
    element.get_by_role("button", name="Start again").click()
    assert "Nothing of x is known yet" in text(element)
    assert element.locator("svg").get_by_text("waits").count() == 4

"""The things to move show what gdm_lib computes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch
from torch.distributions import Categorical as Weights
from torch.distributions import MixtureSameFamily, Normal

from gdm_lib import check, divergences, masks
from gdm_lib.autoregressive import Bernoulli, GatedPixelCNN, PixelCNN
from gdm_lib.flows import Compose, GaussianAutoregressive, Inverse, NormalizingFlow, Planar, StandardNormal, Triangular

from .explorables import Open, show, text


def only_b(k: int, kind: masks.Kind, *channels: int) -> torch.Tensor:
    return masks.raster_mask(k, "B", *channels)


@pytest.mark.parametrize(
    ("kernel", "layers", "first", "stack", "color"),
    [
        (3, 0, "A", "plain", "gray"),
        (3, 5, "A", "plain", "gray"),
        (5, 2, "A", "plain", "gray"),
        (3, 3, "B", "plain", "gray"),
        (3, 1, "A", "gated", "gray"),
        (3, 8, "A", "gated", "gray"),
        (3, 2, "A", "plain", "red"),
        (3, 2, "A", "plain", "blue"),
        (3, 1, "B", "plain", "green"),
        (5, 2, "A", "gated", "green"),
    ],
)
def test_the_receptive_field_is_that_of_the_model(
    open_element: Open, kernel: int, layers: int, first: str, stack: str, color: str
) -> None:
    colors, c = (1, 0) if color == "gray" else (3, ("red", "green", "blue").index(color))
    sizes = {"kernel_size": kernel, "first_kernel_size": kernel}
    if stack == "gated":
        model: PixelCNN | GatedPixelCNN = GatedPixelCNN((colors, 9, 9), Bernoulli(), colors, layers, **sizes)
    else:
        mask = masks.raster_mask if first == "A" else only_b
        model = PixelCNN((colors, 9, 9), Bernoulli(), colors, layers, **sizes, mask=mask)
    report = check.causality(model)
    element = open_element("receptive-field")
    for row, column in ((6, 4), (1, 1), (9, 9)):
        settings = {"kernel": kernel, "layers": layers, "first": first, "stack": stack, "color": color}
        shown = show(element, **settings, row=row, column=column)
        value = ((row - 1) * 9 + column - 1) * colors + c
        assert shown["seen"] == report.present[value].nonzero().flatten().tolist()
        assert shown["missing"] == report.missing[value].sum()
        assert shown["forbidden"] == report.forbidden[value].sum()


def mask_of(taps: list[bool]) -> Callable[..., torch.Tensor]:
    """A first layer with these taps; the last layer, of size 1, keeps its center."""

    def mask(k: int, kind: str, below: int, above: int, groups: int) -> torch.Tensor:
        return (torch.tensor(taps).reshape(3, 3) if k == 3 else torch.ones(1, 1).bool()).expand(above, below, k, k)

    return mask


SPIRAL = [1, 2, 3, 4, 12, 13, 14, 5, 11, 16, 15, 6, 10, 9, 8, 7]
COLUMNS = [1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 4, 8, 12, 16]


@pytest.mark.parametrize("taps", ["111100000", "100010000", "010101000"])
@pytest.mark.parametrize("order", [list(range(1, 17)), COLUMNS, SPIRAL])
def test_an_order_and_a_mask_are_judged_as_check_causality_judges(
    open_element: Open, taps: str, order: list[int]
) -> None:
    taps_open = [tap == "1" for tap in taps]
    model = PixelCNN((1, 4, 4), Bernoulli(), 1, layers=0, first_kernel_size=3, mask=mask_of(taps_open))
    links = check.causality(model).present
    place = torch.tensor(order)
    allowed = place[:, None] > place
    shown = show(open_element("causal-order"), mask=taps_open, order=order)
    assert shown["present"] == (links & allowed).sum()
    assert shown["forbidden"] == (links & ~allowed).sum()
    assert shown["missing"] == (allowed & ~links).sum()
    assert shown["causal"] == (not (links & ~allowed).any())


@pytest.mark.parametrize(("preset", "order"), [("columns", COLUMNS), ("spiral", SPIRAL), ("raster", [*range(1, 17)])])
def test_the_known_orders_are_what_their_names_say(open_element: Open, preset: str, order: list[int]) -> None:
    element = open_element("causal-order")
    element.locator("select").select_option(preset)
    assert element.evaluate("e => e.order") == order


@pytest.mark.parametrize(("slope", "place"), [(2.5, 0.0), (0.3, 0.7), (4.0, -1.5), (1.0, 0.0)])
def test_the_density_of_z_is_that_of_a_planar_flow(open_element: Open, slope: float, place: float) -> None:
    planar = Planar(1).double()
    planar.w.data, b = torch.tensor([[2.0], [-2 * place]], dtype=torch.float64)
    planar.b.data = b.squeeze()
    inner = torch.tensor(slope - 1e-3, dtype=torch.float64).expm1().log()  # softplus(inner) - 1 + 0.001 = slope - 1
    planar.u.data = (inner / 2)[None]
    law = NormalizingFlow(StandardNormal(1), Inverse(planar)).double()
    for strip in (-2.0, 0.1, 1.3):
        shown = show(open_element("change-of-variables"), slope=slope, place=place, strip=strip)
        z, log_det = planar.f(torch.tensor([[strip]], dtype=torch.float64))
        assert shown["z"] == pytest.approx(z.item(), abs=1e-9)
        assert shown["slope"] == pytest.approx(log_det.exp().item(), abs=1e-9)
        assert shown["pz"] == pytest.approx(law.log_prob(z).exp().item(), abs=1e-6)
        assert shown["area"] == pytest.approx(1, abs=2e-3)


HUMPS = Normal(torch.tensor([-2.0, 2.0]), torch.tensor([0.5, 0.5]))
TARGET = MixtureSameFamily(Weights(torch.tensor([0.7, 0.3])), HUMPS)


@pytest.mark.parametrize(("mean", "deviation"), [(0.5, 1.0), (-0.8, 1.9), (2.0, 0.5), (-3.0, 3.0)])
def test_both_divergences_agree_with_monte_carlo(open_element: Open, mean: float, deviation: float) -> None:
    shown = show(open_element("two-divergences"), mean=mean, deviation=deviation)
    model = Normal(mean, deviation)
    estimates = {
        "forward": divergences.forward_kl(TARGET, model, 50_000),
        "reverse": divergences.reverse_kl(model, TARGET, 50_000),
    }
    for direction, estimate in estimates.items():
        assert shown[direction] == pytest.approx(estimate.value, abs=4 * estimate.standard_error + 1e-3)


@pytest.mark.parametrize(
    ("name", "start", "ends"),
    [
        ("forward", -3, {"mean": -0.8, "deviation": 1.9, "forward": 0.724}),
        ("forward", 3, {"mean": -0.8, "deviation": 1.9, "forward": 0.724}),
        ("reverse", -3, {"mean": -2, "deviation": 0.5, "reverse": 0.357}),
        ("reverse", 3, {"mean": 2, "deviation": 0.5, "reverse": 1.204}),
    ],
)
def test_going_down_ends_where_the_page_says(
    open_element: Open, name: str, start: float, ends: dict[str, float]
) -> None:
    element = open_element("two-divergences")
    show(element, mean=start, deviation=1)
    element.get_by_role("button", name=name).click()
    element.page.wait_for_function("e => !e.descending", arg=element.element_handle())
    shown = element.evaluate("e => e.values")
    assert {key: shown[key] for key in ends} == pytest.approx(ends, abs=0.01)


@pytest.mark.parametrize("first", [[2.0, 0.0, 1.0, 1.0], [0.5, 0.0, -1.3, 2.0]])
@pytest.mark.parametrize("second", [[1.0, 0.0, 0.7, 0.5], [1.5, 0.0, 0.0, 1.5]])
def test_areas_are_the_log_dets_of_a_composition(open_element: Open, first: list[float], second: list[float]) -> None:
    layers = []
    for a, b, c, d in (first, second):
        layers.append(Triangular(2))
        layers[-1].log_diagonal.data = torch.tensor([a, d]).log()
        layers[-1].entries.data = torch.tensor([[a, b], [c, d]])
    _, log_det = Compose(*layers).f(torch.zeros(1, 2))
    shown = show(open_element("linear-maps"), first=first, second=second)
    assert shown["both"] == pytest.approx(log_det.exp().item(), rel=1e-5)
    assert shown["first"] * shown["second"] == pytest.approx(shown["both"], rel=1e-9)


def test_a_mirrored_and_a_flattened_square_are_told_apart(open_element: Open) -> None:
    element = open_element("linear-maps")
    exchange = [0, 1, 1, 0]
    assert show(element, first=exchange, second=[1, 0, 0, 1])["both"] == -1
    assert "mirrored" in text(element)
    assert show(element, first=[1, 2, 2, 4], second=exchange)["both"] == 0
    assert "flattened" in text(element)


def test_the_steps_are_those_of_the_flow_that_the_page_has_trained(open_element: Open) -> None:
    element = open_element("flow-steps")
    printed = element.page.locator(".cell_output pre", has_text="ending after step k").inner_text()
    ends = [float(value) for value in re.findall(r"\d: (\d+\.\d+)", printed)]
    shown = [show(element, step=k) for k in range(5)]
    assert [one["kl"] for one in shown] == ends
    assert shown[4]["mean"] == pytest.approx([0, 0], abs=0.25)
    assert shown[4]["deviation"] == pytest.approx([1, 1], abs=0.2)


@pytest.mark.parametrize("m", [2, 5])
@pytest.mark.parametrize("name", ["MAF", "IAF"])
def test_the_passes_are_those_that_the_network_needs(open_element: Open, m: int, name: str) -> None:
    layer = GaussianAutoregressive(m, hidden=(16,)).double()
    for weight in layer.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    noise = torch.randn(50, m, dtype=torch.float64)
    data, _ = layer.g(noise)
    right, guess = [], torch.zeros_like(data)
    with torch.no_grad():
        for _ in range(m):  # one pass of the network each
            mu, log_sigma = layer.conditionals(guess)
            guess = mu + log_sigma.exp() * noise
            right.append(int(((guess - data).abs() < 1e-8).all(0).sum()))
    slow, fast = ("g", "f") if name == "MAF" else ("f", "g")
    element = open_element("one-pass")
    assert show(element, model=name, m=m, direction=slow)["right"] == right
    assert show(element, model=name, m=m, direction=fast)["right"] == [m] * m

"""The arithmetic of the flow that learns in the page is gdm_lib's: losses, gradients, targets and Adam."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, Page
from torch import Tensor, nn

from gdm_lib import densities, losses
from gdm_lib.flows import (
    AffineCoupling,
    Compose,
    GaussianAutoregressive,
    NormalizingFlow,
    Reverse,
    StandardNormal,
    Transform,
    maf,
)

from .live import bare_page

LAYERS = [1, 2, 5]
POINTS = 40


def in_double(make: Callable[[], densities.PlanarDensity]) -> densities.PlanarDensity:
    """A target whose centers are not rounded to float32."""
    torch.set_default_dtype(torch.float64)
    try:
        return make()
    finally:
        torch.set_default_dtype(torch.float32)


TARGETS = {name: in_double(make) for name, make in densities.DENSITIES.items() if name != "checkerboard"}
TARGETS["humps"] = densities.RoundGaussians(torch.tensor([[-2.0, 0.0], [2.0, 0.0]]), 0.6)
KINDS = ["maf", "coupling"]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with bare_page(browser, "live-flow", "live-targets") as page:
        page.evaluate("""() => {
          window.flows = { maf: liveFlow("maf"), coupling: liveFlow("coupling") };
          window.flow = window.flows.maf;
          window.targets = liveTargets();
        }""")
        yield page


def some_flow(kind: str, layers: int) -> NormalizingFlow:
    """A flow in float64 whose weights are all drawn: also those that start at 0."""
    transform = maf(2, layers, hidden=(32, 32)) if kind == "maf" else couplings(layers)
    model = NormalizingFlow(StandardNormal(2), transform).double()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.3)
    return model


def couplings(layers: int) -> Compose:
    """`layers` affine couplings; between two of them the order of x is reversed."""
    parts: list[Transform] = [AffineCoupling(2, hidden=(32, 32))]
    for _ in range(layers - 1):
        parts += [Reverse(2), AffineCoupling(2, hidden=(32, 32))]
    return Compose(*parts)


def values(part: nn.Linear, gradient: bool) -> tuple[Tensor, Tensor]:
    """Weight and bias of a linear layer, or their gradients."""
    if not gradient:
        return part.weight.detach(), part.bias.detach()
    assert part.weight.grad is not None
    assert part.bias.grad is not None
    return part.weight.grad, part.bias.grad


def parameters(model: NormalizingFlow, gradient: bool = False) -> list[float]:
    """The weights that the masks leave open, or their gradient, in the script's order."""
    mu_1_and_a_1, mu_2_and_a_2 = [0, 2], [1, 3]  # rows of the last layer: mu_1, mu_2, a_1, a_2
    found = []
    for layer in model.modules():
        if isinstance(layer, GaussianAutoregressive):
            (w1, b1), (w2, b2), (w3, b3) = [values(part, gradient) for part in layer.layers]
            last = w3[mu_2_and_a_2].flatten(), b3[mu_2_and_a_2]
            found += [b3[mu_1_and_a_1], w1[:, 0], b1, w2.flatten(), b2, *last]
        elif isinstance(layer, AffineCoupling):
            network = [part for part in layer.net if isinstance(part, nn.Linear)]
            found += [torch.zeros(2)]  # mu_1 and a_1
            for part in network:
                found += [value.flatten() for value in values(part, gradient)]
    return torch.cat(found).tolist()


def rows(points: Tensor) -> list[float]:
    """(B, 2) as the script takes it: all x_1, then all x_2."""
    return points.T.flatten().tolist()


def points_of(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64).reshape(2, -1).T


def call(page: Page, expression: str, **names: Any) -> Any:
    """The value of an expression of JavaScript, in which lists of numbers are arrays of float64."""
    script = f"""(names) => {{
      const number = (value) => Array.isArray(value) ? Float64Array.from(value) : value;
      const plain = (value) => ArrayBuffer.isView(value) ? [...value] : value;
      const {{ {", ".join(names)} }} = Object.fromEntries(Object.entries(names).map(([k, v]) => [k, number(v)]));
      const result = (() => {{ {expression} }})();
      return Object.fromEntries(Object.entries(result).map(([k, v]) => [k, plain(v)]));
    }}"""
    return page.evaluate(script, names)


LOSS = "const grad = new Float64Array(theta.length); const loss = flows[kind].{}; return {{ loss, grad }};"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", LAYERS)
def test_both_directions_and_their_log_dets_are_the_library_s(page: Page, layers: int, kind: str) -> None:
    model, x = some_flow(kind, layers), torch.randn(POINTS, 2, dtype=torch.float64)
    theta = parameters(model)
    with torch.no_grad():
        for way, result in (("f", "z"), ("g", "x")):
            expected, log_det = getattr(model.transform, way)(x)
            script = f"return flows[kind].{way}(theta, layers, x);"
            found = call(page, script, kind=kind, theta=theta, layers=layers, x=rows(x))
            torch.testing.assert_close(points_of(found[result]), expected, rtol=0, atol=1e-9)
            assert found["logDet"] == pytest.approx(log_det.tolist(), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", LAYERS)
def test_the_forward_loss_and_its_gradient_are_the_library_s(page: Page, layers: int, kind: str) -> None:
    model, x = some_flow(kind, layers), torch.randn(POINTS, 2, dtype=torch.float64)
    loss = losses.forward_kl_loss(model, x)
    loss.backward()
    script = LOSS.format("forwardLoss(theta, layers, x, grad)")
    found = call(page, script, kind=kind, theta=parameters(model), layers=layers, x=rows(x))
    assert found["loss"] == pytest.approx(loss.item(), abs=1e-6)
    assert found["grad"] == pytest.approx(parameters(model, gradient=True), abs=1e-6)


class Given(StandardNormal):
    """The standard normal, which draws these points."""

    def __init__(self, z: Tensor) -> None:
        super().__init__(2)
        self.z = z

    def rsample(self, sample_shape: torch.Size) -> Tensor:
        assert sample_shape == self.z.shape[:1]
        return self.z


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["banana", "moons", "pinwheel"])
@pytest.mark.parametrize("layers", LAYERS)
def test_the_reverse_loss_and_its_gradient_are_the_library_s(page: Page, layers: int, name: str, kind: str) -> None:
    model, z = some_flow(kind, layers), torch.randn(POINTS, 2, dtype=torch.float64)
    model.base = Given(z).double()
    loss = losses.reverse_kl_loss(model, TARGETS[name].log_prob, POINTS)
    loss.backward()
    script = LOSS.format("reverseLoss(theta, layers, z, targets.target(name), grad)")
    found = call(page, script, kind=kind, theta=parameters(model), layers=layers, z=rows(z), name=name)
    scale = max(1, *(abs(slope) for slope in parameters(model, gradient=True)))
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-6)
    assert found["grad"] == pytest.approx(parameters(model, gradient=True), abs=1e-6 * scale)


@pytest.mark.parametrize("name", TARGETS)
def test_density_gradient_and_entropy_of_a_target_are_the_library_s(page: Page, name: str) -> None:
    target = TARGETS[name]
    x = (2 * torch.randn(POINTS, 2, dtype=torch.float64)).requires_grad_()
    log_prob = target.log_prob(x)
    (gradient,) = torch.autograd.grad(log_prob.sum(), x)
    found = call(page, "return targets.target(name).evaluate(x);", name=name, x=rows(x.detach()))
    tolerance = {"rel": 1e-7, "abs": 1e-7}
    assert found["logProb"] == pytest.approx(log_prob.tolist(), **tolerance)
    assert found["gradient"] == pytest.approx(rows(gradient), **tolerance)
    entropy = call(page, "return { entropy: targets.target(name).entropy() };", name=name)["entropy"]
    assert entropy == pytest.approx(target.entropy, abs=1e-5)


def test_the_checkerboard_is_the_library_s(page: Page) -> None:
    target, x = densities.Checkerboard(), 1.5 * torch.randn(400, 2, dtype=torch.float64)
    script = """const board = targets.target("checkerboard");
      const mass = board.evaluate(x).logProb.map(Math.exp);
      return { mass, entropy: board.entropy(), x: board.sample(400, flow.generator(2)) };"""
    found = call(page, script, x=rows(x))
    assert found["mass"] == pytest.approx(target.log_prob(x).exp().tolist(), abs=1e-12)
    assert found["entropy"] == pytest.approx(target.entropy)
    assert points_of(found["x"]).floor().unique(dim=0).shape == (8, 2)  # every square is met


def test_drawn_points_are_a_mixture_of_round_gaussians(page: Page) -> None:
    drawn = torch.tensor([[0.0, 0.5], [1.5, -2.0], [-1.0, 1.0]], dtype=torch.float64)
    target, x = densities.RoundGaussians(drawn, 0.2), torch.randn(POINTS, 2, dtype=torch.float64)
    script = """const points = drawn.slice(0, 3);
      const target = targets.target("points", [...points].map((x1, i) => [x1, drawn[3 + i]]));
      return { logProb: target.evaluate(x).logProb, entropy: target.entropy() };"""
    found = call(page, script, drawn=rows(drawn), x=rows(x))
    assert found["logProb"] == pytest.approx(target.log_prob(x).tolist(), abs=1e-9)
    assert found["entropy"] == pytest.approx(target.entropy, abs=1e-6)


@pytest.mark.parametrize("name", ["banana", "moons", "pinwheel", "checkerboard"])
def test_draws_of_a_target_have_its_entropy(page: Page, name: str) -> None:
    script = "return { x: targets.target(name).sample(20000, flow.generator(1), flow.normal) };"
    x = points_of(call(page, script, name=name)["x"])
    target = densities.DENSITIES[name]()
    surprise = -target.log_prob(x)
    assert surprise.mean().item() == pytest.approx(target.entropy, abs=1e-9 + 4 * surprise.std().item() / 20_000**0.5)


def test_steps_of_adam_with_a_clipped_gradient_are_pytorch_s(page: Page) -> None:
    start, slopes = torch.randn(50, dtype=torch.float64), torch.randn(4, 50, dtype=torch.float64)
    slopes[1] *= 100  # longer than 10: it is clipped
    parameter = nn.Parameter(start.clone())
    adam = torch.optim.Adam([parameter], lr=0.01)
    for slope in slopes:
        parameter.grad = slope.clone()
        nn.utils.clip_grad_norm_([parameter], 10)
        adam.step()
    script = """const state = flow.rest(theta);
      for (let i = 0; i < 4; i++) flow.adam(theta, slopes.slice(50 * i, 50 * i + 50), state, 0.01);
      return { theta };"""
    found = call(page, script, theta=start.tolist(), slopes=slopes.flatten().tolist())["theta"]
    assert found == pytest.approx(parameter.tolist(), abs=1e-9)

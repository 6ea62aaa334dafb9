"""The three things that compute say of themselves only what is true of every state that their settings lead to."""

from __future__ import annotations

import math
import re
from itertools import product
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser

from .live import bare, bare_page
from .test_live_flow import PIECES
from .test_live_maf import ByHand
from .test_live_pixels import HALF, INK, LABELS, LEVELS, SIDE, network

TARGETS = {
    "banana": "a banana",
    "humps": "two humps",
    "moons": "two moons",
    "rings": "two rings",
    "grid": "nine spots",
    "pinwheel": "a pinwheel",
    "checkerboard": "a checkerboard",
    "points": "your own points",
}
KINDS = {"maf": "autoregressive layer", "coupling": "coupling"}
STEPS = 1500
LARGE = 1000  # nats that are not told any closer
# Forward and reverse KL in nats with their standard errors, and the parts that are missed and that lie outside.
MEASURED = [
    (-0.004, 0.01, -0.3, 0.2, 0.0, 0.004),
    (0.0, 0.0, 0.0049, 0.001, 0.5, 0.0),
    (0.352, 0.02, math.inf, 0.0, 0.0, 1.0),
    (12.5, 1.25, 0.695, 0.03, 0.996, 0.25),
    (4321.5, 400.0, 1e6, 2e4, 1.0, 1.0),
]


def number(pattern: str, sentence: str) -> float:
    found = re.search(pattern, sentence)
    assert found, (pattern, sentence)
    return float(found[1].replace("−", "-"))


def flow_states() -> list[dict[str, Any]]:
    """Every choice of target, direction, kind and layers, at the start and with each of the measured numbers."""
    states: list[dict[str, Any]] = []
    for target, direction, kind, layers in product(TARGETS, ("forward", "reverse"), KINDS, range(6)):
        setting = {"target": target, "direction": direction, "kind": kind, "layers": layers}
        for points in ([], [[0, 1]]) if target == "points" else ([],):
            possible = bool(points) if target == "points" else (target, direction) != ("checkerboard", "reverse")
            states.append({**setting, "possible": possible})
            for step, (forward, forward_error, reverse, reverse_error, missed, outside) in enumerate(MEASURED):
                measured = {"forward": forward, "forwardError": forward_error, "reverse": reverse,
                            "reverseError": reverse_error, "missed": missed, "outside": outside}
                run = {"step": 375 * step, "steps": STEPS, "entropy": 2.838 - step}
                states.append({**setting, "possible": possible, **run, **measured})
    return states


def check_measured(state: dict[str, Any], sentence: str) -> None:
    """Its numbers are those of the state; a KL, and so what the NLL has above the floor, is told as 0 or more."""
    assert f"Step {state['step']} of {STEPS}" in sentence
    floor, nll = number(r"entropy, is ([−\d.]+)\. ", sentence), number(r"NLL (?:more than )?([−\d.]+) nats", sentence)
    assert floor == pytest.approx(state["entropy"], abs=0.0051)
    assert nll == pytest.approx(min(LARGE, state["entropy"] + max(0, state["forward"])), abs=0.0051)
    assert nll >= floor
    for name in ("forward", "reverse"):
        assert (f"{name} KL infinite" in sentence) == (state[name] == math.inf)
        assert (f"{name} kl more than {LARGE} nats" in sentence.lower()) == (LARGE < state[name] < math.inf)
        if state[name] > LARGE:
            continue
        told = number(f"(?i){name} KL ([−\\d.]+) ± ", sentence)
        error = number(f"(?i){name} KL [\\d.]+ ± ([\\d.]+) nats", sentence)
        assert told == pytest.approx(max(0, state[name]), abs=0.0051)
        assert error == pytest.approx(state[f"{name}Error"], abs=0.0051)
    assert number(r"About (\d+) % of the target", sentence) == pytest.approx(100 * state["missed"], abs=0.51)
    assert number(r"(\d+) % of the model", sentence) == pytest.approx(100 * state["outside"], abs=0.51)


def test_flow_learns_tells_the_state_at_every_setting(browser: Browser) -> None:
    states = flow_states()
    with bare_page(browser, "explorable", *PIECES, "flow-learns") as page:
        sentences = page.evaluate("(states) => states.map(FlowLearns.sentence)", states)
    for state, sentence in zip(states, sentences, strict=True):
        if not state["possible"]:
            assert ("reverse KL of every flow is infinite" in sentence) == (state["target"] == "checkerboard")
            assert "KL 0" not in sentence
            assert "Step" not in sentence
            continue
        layers, kind = state["layers"], KINDS[state["kind"]] + "s" * (state["layers"] != 1)
        model = f"A flow of {layers} {kind}" if layers else "One Gaussian"
        learns = f"{model} learns {TARGETS[state['target']]} by the {state['direction']} KL. "
        assert sentence.startswith(learns), sentence
        if "step" in state:
            check_measured(state, sentence)
        else:
            assert sentence.endswith("It is at its start.")


PAINTINGS = """(e, [labels, temperatures, ink]) => {
  const found = [];
  const paint = (label, temperature, begin) => {
    Object.assign(e, { label, temperature, begin, ink, seed: found.length + 1 });
    const states = Array.from({ length: e.pixels + 1 - e.first }, (_, i) => e.state(e.first + i));
    const [first, last] = [states[0], states[states.length - 1]];
    found.push({ label, temperature, begin, first: first.first, x: last.x, uniforms: last.uniforms,
      bits: last.bits, fields: states.map(({ field }) => field.length),
      probabilities: states.slice(0, -1).map(({ probabilities }) => probabilities),
      sentences: states.map(PixelcnnPaints.sentence) });
  };
  for (let label = 0; label < labels; label++) {
    for (const temperature of temperatures) ["nothing", "half"].forEach((begin) => paint(label, temperature, begin));
  }
  return found;
}"""


ALL = pytest.mark.slow  # a minute for the two on a busy machine


@pytest.mark.parametrize("tenths", [[2, 10, 20], pytest.param([*range(2, 21)], marks=ALL)])
def test_pixelcnn_paints_tells_the_state_at_every_digit_temperature_beginning_and_pixel(
    browser: Browser, tenths: list[int]
) -> None:
    content = f"<script type='application/json'>{network()}</script>"
    temperatures = [k / 10 for k in tenths]
    with bare(browser, "pixelcnn-paints", "live-pixels", content=content, reduced_motion="reduce") as element:
        paintings = element.evaluate(PAINTINGS, [LABELS, temperatures, INK])
    assert len(paintings) == LABELS * len(temperatures) * 2
    for painting in paintings:
        first = HALF if painting["begin"] == "half" else 0
        assert painting["first"] == first
        p = torch.tensor(painting["probabilities"], dtype=torch.float64)
        entropies = (-torch.xlogy(p, p).sum(-1) / math.log(2)).tolist()
        rows = zip(p.tolist(), entropies, painting["fields"][:-1], painting["sentences"][:-1], strict=True)
        for step, (row, entropy, looked_at, sentence) in enumerate(rows, first):
            check_pixel(painting, step, row, entropy, looked_at, sentence)
            if step > first:
                value = painting["x"][step - 1]
                assert sentence.startswith(f"Pixel {step} became {value}, which had a probability of "), sentence
                chance = 100 * p[step - 1 - first, value].item()
                assert number(r"a probability of ([\d.]+) %", sentence) == pytest.approx(chance, abs=0.051)
        check_ending(painting, SIDE * SIDE - first)


def check_pixel(
    painting: dict[str, Any], step: int, row: list[float], entropy: float, looked_at: int, sentence: str
) -> None:
    assert f"Now pixel {step + 1} (row {step // SIDE + 1}, column {step % SIDE + 1})" in sentence
    if step == 0:
        assert "at no pixel, only at the label" in sentence
    else:
        assert f"It looks at {looked_at} of the {step} pixels before it" in sentence
        assert 0 < looked_at <= step
    best = int(number(r"finds (\d+) most likely", sentence))
    assert row[best] == max(row)
    assert number(r"most likely, with ([\d.]+) %", sentence) == pytest.approx(100 * row[best], abs=0.51)
    assert number(r"distribution is ([\d.]+) bits", sentence) == pytest.approx(entropy, abs=0.0051)
    assert entropy <= math.log2(LEVELS)
    uniform, value = painting["uniforms"][step], painting["x"][step]
    assert number(r"uniform number ([\d.]+)", sentence) == pytest.approx(uniform, abs=0.00051)
    assert f"will make it {value}." in sentence
    below = math.fsum(row[:value])
    assert below - 1e-12 <= uniform <= below + row[value] + 1e-12  # so it does


def check_ending(painting: dict[str, Any], count: int) -> None:
    sentence = painting["sentences"][-1]
    assert ("The lower half, 32 pixels, is completed" in sentence) == (painting["begin"] == "half")
    assert f"{count} pixels" in sentence
    article = "an" if painting["label"] == 8 else "a"
    assert f"as {article} {painting['label']}." in sentence
    assert number(r"they cost ([\d.]+) bits", sentence) == pytest.approx(painting["bits"], abs=0.051)
    assert number(r"bits, ([\d.]+) per pixel", sentence) == pytest.approx(painting["bits"] / count, abs=0.0051)
    assert ("not a sample of the model" in sentence) == (painting["temperature"] != 1)


# Reads the sentence of every press at every setting, as many values of each z as are given: its numbers are the state's
# to the last digit shown, and "=" stands only before a number that is whole with them. The answer counts the sentences.
EVERY_PRESS = """(choices) => {
  const read = (text) => Number(text.replace("−", "-"));
  const number = /(?<![₁₂₃₄])−?\\d+(?:\\.\\d+)?/g;
  let count = 0;
  const test = (values, expected) => {
    const sentence = MafByNumbers.sentence(values);
    const found = sentence.match(number).map(read);
    const near = (value, i) => Math.abs(value - found[i]) < 5.0001e-4;
    if (found.length !== expected.length || !expected.every(near)) throw new Error(`${sentence} ${expected}`);
    for (const [, sign, shown] of sentence.matchAll(/(=|≈) (−?\\d+(?:\\.\\d+)?)(?=[,.:]? )/g)) {
      if (sign === "=" && !expected.some((value) => Math.abs(value - read(shown)) < 1e-6)) throw new Error(sentence);
    }
    count += 1;
    return found;
  };
  const forwards = (z, step) => {
    const values = MafByNumbers.values(z, step, false);
    const [j, { x, mu, sigma }] = [step - 1, values];
    const found = test(values, [step, 4, ...x.slice(0, j), mu[j], sigma[j], mu[j], sigma[j], z[j], x[j]]);
    const [m, s, factor, result] = found.slice(-4);
    const said = MafByNumbers.sentence(values);
    if (/ = \\S+$/.test(said) && Math.abs(m + s * factor - result) > 1e-9) throw new Error(said);
  };
  const backwards = (z) => {
    const values = MafByNumbers.values(z, 4, true);
    test(values, [...values.x, ...values.mu, ...values.sigma, ...values.found, -values.logDet, values.logProb]);
  };
  const each = (known, then) => choices.forEach((value) => then([...known, value]));
  const rest = [0, 0, 0];
  each([], (one) => {
    forwards([...one, ...rest], 1);
    each(one, (two) => {
      forwards([...two, ...rest.slice(1)], 2);
      each(two, (three) => {
        forwards([...three, 0], 3);
        each(three, (z) => {
          forwards(z, 4);
          backwards(z);
        });
      });
    });
  });
  return count;
}"""


VALUES = """(rows) => rows.map((z) => {
  const { x, logDet, logProb } = MafByNumbers.values(z, 4, true);
  return [...x, logDet, logProb];
})"""


@pytest.mark.parametrize("tenths", [[-10, -7, -1, 0, 3, 10], pytest.param([*range(-10, 11)], marks=ALL)])
def test_maf_by_numbers_tells_the_state_at_every_setting_and_press(browser: Browser, tenths: list[int]) -> None:
    choices = [k / 10 for k in tenths]
    with bare_page(browser, "explorable", "maf-by-numbers") as page:
        n = len(choices)
        assert page.evaluate(EVERY_PRESS, choices) == n + n**2 + n**3 + 2 * n**4
        z = torch.cartesian_prod(*[torch.tensor(choices[-6:], dtype=torch.float64)] * 4)
        shown = torch.tensor(page.evaluate(VALUES, z.tolist()), dtype=torch.float64)
    with torch.no_grad():
        flow = ByHand(4).double()
        x, log_det = flow.g_sequential(z)
        base = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    torch.testing.assert_close(shown[:, :4], x, rtol=0, atol=1e-9)
    torch.testing.assert_close(shown[:, 4], log_det, rtol=0, atol=1e-9)
    torch.testing.assert_close(shown[:, 5], base - log_det, rtol=0, atol=1e-9)

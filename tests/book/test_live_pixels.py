"""The PixelCNN that paints in the page: its conditionals are the library's, and its sentence says what is seen."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from itertools import chain

import nbformat
import pytest
import torch
from playwright.sync_api import Browser, Locator
from torch import Tensor

from gdm_lib import check, data, losses
from gdm_lib.autoregressive import Categorical, PixelCNN, one_hot

from .explorables import show, text
from .live import SCRIPTS, bare
from .test_notebooks import BOOK

PAGE = BOOK / "autoregressive" / "sampling.ipynb"
DATA = re.compile(r"<script type='application/json'>(.*?)</script>", re.S)
SCRIPT_BUDGET = 20_000  # bytes
SIDE, LABELS, LEVELS = 8, 10, 17
HALF = SIDE * SIDE // 2
INK = [16 * (2 <= p % SIDE <= 5) for p in range(HALF)]


def all_outputs(name: str | None = None) -> list[nbformat.NotebookNode]:
    """The outputs of the page's cells, or of the one cell of this name."""
    cells = nbformat.read(PAGE, as_version=4).cells
    return list(chain.from_iterable(cell.get("outputs", []) for cell in cells if name in (None, cell.get("id"))))


@cache
def network() -> str:
    """The JSON that the page's run has put out."""
    shown = [output.get("data", {}).get("text/html", "") for output in all_outputs()]
    found = DATA.search(next(html for html in shown if "<pixelcnn-paints" in html))
    assert found
    return found[1]


def whole(packed: str, rows: int) -> Tensor:
    return torch.frombuffer(bytearray(b64decode(packed)), dtype=torch.int8).double().reshape(rows, -1)


@cache
def model() -> PixelCNN:
    """The library's model with the page's weights."""
    layers = json.loads(network())["layers"]
    made = PixelCNN((1, SIDE, SIDE), Categorical(LEVELS), layers[0]["outputs"], layers=len(layers) - 2,
                    first_kernel_size=5, context_size=LABELS).double()
    for conv, shift, layer in zip(made.convolutions, made.shifts.layers, layers, strict=True):
        scales = torch.tensor(layer["scales"]).double()[:, None]
        weights = (whole(layer["weights"], len(scales)) * scales).reshape(len(scales), len(layer["taps"]), -1)
        half = conv.kernel_size[0] // 2
        assert conv.mask[0, 0].nonzero().tolist() == [[dy + half, dx + half] for dy, dx in layer["taps"]]
        for t, (dy, dx) in enumerate(layer["taps"]):
            conv.weight.data[:, :, dy + half, dx + half] = weights[:, t]
        conv.bias.data = torch.tensor(layer["bias"]).double()
        shift.weight.data = whole(layer["shifts"], len(scales)) * torch.tensor(layer["shiftScales"]).double()[:, None]
    return made


@pytest.fixture(scope="module")
def element(browser: Browser) -> Iterator[Locator]:
    content = f"<script type='application/json'>{network()}</script>"
    with bare(browser, "pixelcnn-paints", "live-pixels", content=content, reduced_motion="reduce") as element:
        yield element


def digit(label: int) -> Tensor:
    return one_hot(torch.tensor([label]), LABELS, torch.float64)


def test_the_rounded_weights_need_as_many_bits_as_the_page_says() -> None:
    split = data.digits()
    context = one_hot(split.test_labels, LABELS, torch.float64)
    with torch.no_grad():
        bits = float(losses.bits_per_dim(model().log_prob(split.test, context), m=SIDE * SIDE))
    outputs = [output.text for output in all_outputs("told-training")]
    assert f"{bits:.1f} bits per dimension\n" in outputs


@pytest.mark.parametrize("label", range(LABELS))
def test_every_probability_is_the_library_s_also_when_cold_and_after_a_half_of_one_s_own(
    element: Locator, label: int
) -> None:
    temperature, begin = (1.0, "nothing") if label % 2 else (0.6, "half")
    settings = {"label": label, "seed": 5 + label, "temperature": temperature, "begin": begin, "ink": INK}
    show(element, **settings, step=SIDE * SIDE)
    painted = element.evaluate("e => e.painted.pixels")
    x = torch.tensor([pixel["value"] for pixel in painted]).reshape(1, 1, SIDE, SIDE)
    with torch.no_grad():
        logits = model().conditional(x, digit(label))
        log_prob = model().log_prob(x, digit(label)).item()
    wanted = (logits / temperature).softmax(-1).reshape(-1, LEVELS)
    shown = torch.tensor([pixel["probabilities"] for pixel in painted], dtype=torch.float64)
    torch.testing.assert_close(shown, wanted, atol=1e-4, rtol=0)
    assert sum(pixel["logProb"] for pixel in painted) == pytest.approx(log_prob, abs=1e-3)
    assert (x.flatten()[:HALF].tolist() == INK) == (begin == "half")


def test_from_the_same_uniforms_the_library_paints_the_same_digits(element: Locator) -> None:
    for label in range(LABELS):
        shown = show(element, label=label, seed=7, temperature=1, begin="nothing", step=SIDE * SIDE)
        uniforms = torch.tensor(shown["uniforms"], dtype=torch.float64).reshape(1, 1, SIDE, SIDE)
        assert 0.35 < uniforms.mean() < 0.65
        drawn = model().sample(1, context=digit(label), uniforms=uniforms)
        assert drawn.flatten().tolist() == shown["x"]


def test_the_pixels_lit_are_those_that_the_model_looks_at(element: Locator) -> None:
    links = check.causality(model()).present
    for step in range(SIDE * SIDE):
        shown = show(element, label=1, begin="nothing", step=step)
        assert shown["field"] == links[step].nonzero().flatten().tolist()
        assert element.locator(".paint-seen[visibility=visible]").count() == len(shown["field"])


def test_a_finger_paints_the_upper_half_and_the_address_keeps_it(element: Locator) -> None:
    show(element, label=3, seed=1, temperature=1, begin="nothing", step=0)
    box = element.locator("svg").bounding_box()
    assert box
    mouse = element.page.mouse
    unit = box["width"] / 368  # of the picture, in which a pixel is 24 wide
    mouse.move(box["x"] + 48 * unit, box["y"] + 36 * unit)
    mouse.down()
    mouse.move(box["x"] + 140 * unit, box["y"] + 36 * unit, steps=8)
    mouse.up()
    shown = element.evaluate("e => e.values")
    assert (shown["begin"], shown["step"]) == ("half", HALF)
    assert min(shown["ink"][10:14]) > 8  # the second row, from the third pixel on
    assert shown["x"] == shown["ink"]
    kept = element.evaluate("e => e.keptValue('ink')")
    assert element.evaluate("(e, kept) => e.readInk(kept)", kept) == shown["ink"]
    assert element.evaluate("e => e.readInk('no ink')") == [0] * HALF
    element.get_by_role("button", name="Paint").click()  # at once, where motion is reduced
    assert "The lower half, 32 pixels, is completed, as a 3" in text(element)
    element.get_by_role("button", name="Wash off").press("Enter")
    assert "The upper half is yours." in text(element)
    assert element.evaluate("e => Math.max(...e.ink)") == 0


INKED = "e.cells.filter(({ ink }) => ink.getAttribute('fill-opacity') > 0).length"


def test_it_paints_by_itself_only_where_motion_is_welcome(browser: Browser) -> None:
    content = f"<script type='application/json'>{network()}</script>"
    for motion, moves in (("reduce", False), ("no-preference", True)):
        options = {"content": content, "attributes": "autoplay", "reduced_motion": motion}
        with bare(browser, "pixelcnn-paints", "live-pixels", **options) as element:
            assert element.evaluate("e => e.timer !== undefined") == moves
            assert element.evaluate(f"e => {INKED}") > 5  # there is something to see before anything has moved
            before = element.evaluate("e => e.values.step")
            if moves:
                assert before >= 20
                element.page.wait_for_function(f"document.querySelector('pixelcnn-paints').values.step > {before + 2}")
                assert "It paints a 3" in text(element)
                element.get_by_role("button", name="Pause").click()
                assert "Now pixel" in text(element)
                assert element.evaluate("e => e.playing") is False
            else:
                assert before == 20


def test_its_scripts_and_weights_are_light() -> None:
    weights = [(SCRIPTS / f"{name}.js").stat().st_size for name in ("pixelcnn-paints", "live-pixels")]
    assert sum(weights) < SCRIPT_BUDGET
    assert len(network()) < 60_000

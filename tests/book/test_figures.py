"""The drawn figures: they are what the code makes, say what the library does, and can be read on a phone."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest
import torch
from gdm_figures import FIGURES, FOLDER, autoregressive, draw, flows, grids, networks
from gdm_figures.canvas import COLORS, SMALL, WIDTH, Canvas, page_style
from playwright.sync_api import Browser

from gdm_lib import masks
from tools.browser.tab import open_tab
from tools.browser.visit import PHONE

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "book").rglob("*.ipynb")) + sorted((ROOT / "book").rglob("*.md"))
every_figure = pytest.mark.parametrize("name", FIGURES)
FILLS = [role for role in COLORS if role.endswith("pale")]
WITH_TEXT = ("ink", "soft", "one", "two", "three", "four", "five", "six")


@every_figure
def test_the_file_is_what_the_code_draws(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8") == draw(name), "run: make figures"


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(FIGURES)
    assert (FOLDER / "drawn.css").read_text(encoding="utf-8") == page_style()


@every_figure
def test_the_figure_stands_on_one_page(name: str) -> None:
    using = [path for path in PAGES if f"_static/figures/{name}.svg" in path.read_text(encoding="utf-8")]
    assert len(using) == 1


@every_figure
def test_text_is_large_enough(name: str) -> None:
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', draw(name))]
    assert min(sizes) >= SMALL
    assert FIGURES[name]().width <= WIDTH


def test_a_figure_too_wide_for_a_phone_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 360"):
        Canvas(WIDTH + 1, 10)


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_colors_have_enough_contrast(theme: int) -> None:
    for role in WITH_TEXT:
        assert contrast(COLORS[role][theme], COLORS["paper"][theme]) >= 4.5, role
    for fill in FILLS:  # what is written into boxes
        assert contrast(COLORS["ink"][theme], COLORS[fill][theme]) >= 4.5, fill
    assert contrast(COLORS["soft"][theme], COLORS["pale"][theme]) >= 4.5


@every_figure
def test_text_is_of_a_color_with_enough_contrast(name: str) -> None:
    roles = re.findall(r'<text [^>]*fill="var\(--([\w-]+)\)"', draw(name))
    assert roles
    assert set(roles) <= set(WITH_TEXT)


def test_the_degrees_are_those_of_the_library() -> None:
    ours = [torch.tensor(layer) for layer in networks.DEGREES]
    theirs = masks.made_degrees(3, [4, 4])
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_areas_and_the_determinants_written_into_them_agree() -> None:
    svg = grids.jacobian_areas().svg()
    shapes = re.findall(r'<path d="(M[^"]+)Z" fill="var\(--one-pale\)', svg)
    for shape, written in zip(shapes, (1, 0.5, 1.5), strict=True):
        points = [tuple(map(float, point.split())) for point in re.split("[ML]", shape) if point.strip()]
        area = 0.0
        for (a, b), (c, d) in zip(points, points[1:] + points[:1], strict=True):
            area += (a * d - b * c) / 2
        assert abs(area) / 52**2 == pytest.approx(written, abs=0.01)


def test_the_bent_grid_is_bent_back() -> None:
    for z in ((-1.5, 0.3), (0.0, 0.0), (1.2, -2.0)):
        assert grids.straighten(grids.bend(z)) == pytest.approx(z)


def test_each_density_of_the_chain_has_mass_one() -> None:
    for count in range(4):
        curve = flows.density_after(count)
        mass = sum((x1 - x0) * (p0 + p1) / 2 for (x0, p0), (x1, p1) in itertools.pairwise(curve))
        assert mass == pytest.approx(math.erf(3.2 / math.sqrt(2)), abs=1e-3)


def test_the_numbers_by_hand_are_undone() -> None:
    before: list[float] = []
    for z, (mu, sigma, x) in zip(autoregressive.Z, autoregressive.by_hand(), strict=True):
        assert mu == sum(before) / 2
        assert (x - mu) / sigma == pytest.approx(z)
        before.append(x)


READ = """() => [...document.querySelectorAll("svg.drawn text, svg.drawn tspan")].map((text) => {
  const scale = text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width;
  return parseFloat(getComputedStyle(text).fontSize) * scale;
})"""


PAGES_WITH_FIGURES = [
    "autoregressive/markov", "flows/composition", "flows/determinants", "kl/duality", "recap/maximum-likelihood",
    "summary",
]


@pytest.mark.parametrize("page", PAGES_WITH_FIGURES)
def test_on_a_phone_text_has_ten_pixels_and_fits(browser: Browser, origin: str, page: str) -> None:
    with open_tab(browser, viewport={"width": PHONE, "height": 900}) as tab:
        tab.goto(f"{origin}book/{page}.html")
        sizes = tab.evaluate(READ)
        assert len(sizes) > 5
        assert min(sizes) >= 10

"""Pages are lighter than the theme makes them, and look the same."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from fontTools.ttLib import TTFont
from gdm_book.lighten import reduce_colors, squeeze
from PIL import Image
from playwright.sync_api import Browser

from gdm_lib import plot
from tools.browser.tab import open_tab

from .live import SCRIPTS

ICONS = """() => [...document.querySelectorAll("[class*='fa-'], .admonition-title")]
  .map((e) => getComputedStyle(e, "::before"))
  .filter((style) => style.fontFamily.includes("Font Awesome") && /^"."$/u.test(style.content))
  .map((style) => style.content.codePointAt(1))"""


def test_every_icon_that_a_page_shows_is_in_the_small_fonts(browser: Browser, site: Path, origin: str) -> None:
    fonts = list((site / "_static/vendor/fontawesome").rglob("*.woff2"))
    assert 0 < sum(font.stat().st_size for font in fonts) < 20_000
    drawn = set().union(*(TTFont(font).getBestCmap() for font in fonts))
    with open_tab(browser) as page:
        page.goto(origin + "book/flows/composition.html")
        shown = set(page.evaluate(ICONS))
    assert len(shown) >= 5
    assert shown <= drawn


def test_a_figure_with_fewer_colors_is_smaller_and_looks_the_same(tmp_path: Path) -> None:
    plot.style()
    plt.figure()
    for _ in range(3):
        plt.scatter(*torch.randn(2, 800), s=3)
    plt.savefig(tmp_path / "figure.png", dpi=144)
    plt.close()
    before = (tmp_path / "figure.png").read_bytes()
    reduce_colors(tmp_path / "figure.png")
    after = (tmp_path / "figure.png").read_bytes()
    assert len(after) < 0.6 * len(before)
    for ground in ("white", "black"):
        difference = on(ground, before) - on(ground, after)
        assert np.abs(difference).mean() < 2  # of 255
        assert np.abs(difference).max() < 48


def on(ground: str, png: bytes) -> np.ndarray:
    """The picture as it is seen on this ground: (H, W, 3)."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    canvas = Image.new("RGBA", picture.size, ground)
    return np.asarray(Image.alpha_composite(canvas, picture).convert("RGB")).astype(float)


def test_our_scripts_lose_comments_and_spaces_and_do_the_same(browser: Browser, tmp_path: Path) -> None:
    shutil.copytree(SCRIPTS, tmp_path / "served")
    (tmp_path / "served" / "theirs.js").write_text("// not ours\n")
    squeeze(tmp_path / "served", SCRIPTS)
    assert (tmp_path / "served" / "theirs.js").read_text() == "// not ours\n"
    texts = []
    for folder in (SCRIPTS, tmp_path / "served"):
        with open_tab(browser) as page:
            page.set_content("<receptive-field></receptive-field><change-of-variables></change-of-variables>")
            for name in ("explorable", "receptive-field", "change-of-variables"):
                page.add_script_tag(path=folder / f"{name}.js", type="module" if name != "explorable" else "")
            page.wait_for_function("document.querySelectorAll('.explorable-text').length === 2")
            texts.append(page.locator(".explorable-text").all_inner_texts())
        assert all(path.read_text("utf-8") for path in folder.glob("*.js"))
    assert texts[0] == texts[1]
    for path in SCRIPTS.glob("*.js"):
        assert (tmp_path / "served" / path.name).stat().st_size < 0.8 * path.stat().st_size


def test_a_small_figure_is_left_alone(tmp_path: Path) -> None:
    Image.new("RGBA", (8, 8), "red").save(tmp_path / "small.png")
    before = (tmp_path / "small.png").read_bytes()
    reduce_colors(tmp_path / "small.png")
    assert (tmp_path / "small.png").read_bytes() == before

"""The book's drawn figures: one function a figure, one style, SVG files as the result.

    python -m gdm_figures        (with book/_ext on the path; make figures)

writes each of them into book/_static/figures/. gdm_book.drawn puts them into the pages as part of the HTML, so that
they take the colors of the page's theme.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gdm_figures import autoregressive, flows, grids, networks, pixels, zoo
from gdm_figures.canvas import Canvas

FIGURES: dict[str, Callable[[], Canvas]] = {
    "markov-mlp": autoregressive.markov_mlp,
    "made-degrees": networks.made_degrees,
    "raster-order": pixels.raster_order,
    "pixel-dependencies": pixels.pixel_dependencies,
    "rgb-masks": networks.rgb_masks,
    "two-stacks": networks.two_stacks,
    "jacobian-areas": grids.jacobian_areas,
    "bent-grid": grids.bent_grid,
    "duality-grids": grids.duality_grids,
    "flow-chain": flows.flow_chain,
    "coupling-layer": flows.coupling_layer,
    "maf-by-hand": autoregressive.maf_by_hand,
    "zoo": zoo.zoo,
}
FOLDER = Path(__file__).parents[2] / "_static" / "figures"


def draw(name: str) -> str:
    """The SVG file of one figure, as text."""
    return FIGURES[name]().svg()

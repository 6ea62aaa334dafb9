"""Figures: readable on light and dark, and showing what they were given."""

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.colors import to_rgb

from gdm_lib import plot


@pytest.fixture(autouse=True)
def _style():
    with plt.rc_context():
        plot.style()
        yield
    plt.close("all")


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", [plot.INK, *plot.COLORS])
@pytest.mark.parametrize("ground", ["#ffffff", "#121212"])
def test_every_ink_stands_out_on_light_and_on_dark(color, ground):
    lighter, darker = sorted((luminance(color), luminance(ground)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_figures_have_no_ground_of_their_own():
    axis = plot.curves({"loss": [3.0, 2.0, 1.0]}, ylabel="nats")
    assert axis.figure.get_facecolor()[3] == axis.get_facecolor()[3] == 0
    assert axis.lines[0].get_ydata().tolist() == [3.0, 2.0, 1.0]


@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_scaled_by_their_levels(channels):
    x = torch.full((3, channels, 2, 2), 4)
    shown = plot.images(x, levels=9, columns=2).axes
    assert len(shown) == 4
    assert torch.as_tensor(shown[0].images[0].get_array()).unique().tolist() == [0.5]


def test_images_of_another_shape_are_turned_away():
    with pytest.raises(ValueError, match=r"shape \(N, 1 or 3, H, W\) with N >= 1, got \(3, 8, 8\)"):
        plot.images(torch.zeros(3, 8, 8))


def test_a_mask_is_shown_as_it_is():
    mask = torch.tensor([[1, 0], [1, 1]])
    assert plot.matrix(mask).images[0].get_array().tolist() == mask.double().tolist()

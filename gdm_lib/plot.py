"""One style for every figure, readable on a light page and on a dark one."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import torch
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from torch import Tensor

INK = "#7a7f87"
"""Mid gray: contrast of at least 4 to 1 against white and against near-black."""

COLORS = ("#2f86c8", "#d9752b", "#2f9e73", "#c25a9b", "#8f7ad6", "#b08a1e")
"""Of equal weight on light and dark, told apart by people who see few colors."""

LINKS = LinearSegmentedColormap.from_list("links", [(0.5, 0.5, 0.5, 0.12), to_rgba(COLORS[0])])
"""From almost nothing to the first color: for masks and links."""


def style() -> None:
    """Set the figure style for this process: transparent ground, gray ink, quiet axes."""
    plt.rcParams.update({
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": INK,
        "axes.titlecolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "legend.facecolor": "none",
        "legend.frameon": False,
        "figure.figsize": (6.4, 3.2),
        "figure.dpi": 144,
        "figure.constrained_layout.use": True,
        "axes.prop_cycle": cycler(color=COLORS),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": INK,
        "grid.alpha": 0.2,
        "axes.titlesize": "medium",
        "font.size": 11,
        "image.cmap": "gray",
    })


def images(x: Tensor, levels: int | None = None, columns: int = 8, title: str | None = None) -> Figure:
    """Images (N, C, H, W), gray or RGB, side by side; `levels` is the number of values, else the range is x's own."""
    if x.ndim != 4 or x.shape[1] not in (1, 3) or len(x) == 0:
        raise ValueError(f"x must have shape (N, 1 or 3, H, W) with N >= 1, got {tuple(x.shape)}")
    low, high = (0, levels - 1) if levels else (float(x.min()), float(x.max()))
    pixels = ((x.detach().cpu().double() - low) / max(high - low, 1e-12)).clamp(0, 1).movedim(1, -1)
    columns = min(columns, len(x))
    rows = -(-len(x) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(0.8 * columns, 0.8 * rows + 0.3 * bool(title)), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, image in zip(axes.flat, pixels, strict=False):
        axis.imshow(image.expand(*image.shape[:2], 3).numpy(), vmin=0, vmax=1, interpolation="nearest")
    if title:
        figure.suptitle(title, fontsize="medium")
    return figure


def curves(
    series: Mapping[str, Tensor | Sequence[float]], x: Sequence[float] | Tensor | None = None,
    xlabel: str = "", ylabel: str = "", axis: Axes | None = None,
) -> Axes:
    """Named curves over a common x, in one axis."""
    axis = axis or plt.figure().add_subplot()
    for name, values in series.items():
        y = torch.as_tensor(values).detach().cpu()
        axis.plot(range(len(y)) if x is None else torch.as_tensor(x).detach().cpu(), y, label=name)
    axis.set(xlabel=xlabel, ylabel=ylabel)
    axis.legend()
    return axis


def matrix(mask: Tensor, axis: Axes | None = None, title: str = "", xlabel: str = "", ylabel: str = "") -> Axes:
    """A mask or a table of links, (rows, columns): filled where it is 1."""
    axis = axis or plt.figure(figsize=(3.2, 3.2)).add_subplot()
    axis.imshow(mask.detach().cpu().double().numpy(), cmap=LINKS, vmin=0, vmax=1, interpolation="nearest")
    rows, columns = mask.shape
    axis.set(title=title, xlabel=xlabel, ylabel=ylabel, xticks=[], yticks=[])
    axis.set_xticks([k - 0.5 for k in range(1, columns)], minor=True)
    axis.set_yticks([k - 0.5 for k in range(1, rows)], minor=True)
    axis.grid(False)
    if max(rows, columns) <= 16:
        axis.grid(True, which="minor", alpha=0.4)
    axis.tick_params(which="minor", length=0)
    return axis

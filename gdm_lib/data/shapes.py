"""Colored shapes, made by a generator: discs, squares and triangles whose color, size and place are random."""

import torch
from torch import Tensor

from gdm_lib._shapes import check_int
from gdm_lib.data.split import Split, quantize

PALETTE = torch.tensor([[235, 90, 70], [80, 175, 90], [75, 120, 220], [235, 190, 60], [170, 95, 200]])
"""The colors that a shape may have, RGB in 0..255."""


def shapes(
    size: int = 12, levels: int = 4, n_train: int = 4000, n_test: int = 1000, seed: int = 0
) -> Split:
    """Images of one colored shape each on a black ground.

    All pixels of a shape have its color, so the three colors of a pixel tell almost everything about each
    other: a model that treats them as independent cannot be good.

    Parameters
    ----------
    size
        Height and width in pixels, at least 6.
    levels
        Of each color, at most 256.
    n_train, n_test
        How many images.
    seed
        Of everything random.

    Returns
    -------
    Split
        Images (N, 3, size, size); the label is 0 for a disc, 1 for a square, 2 for a triangle.

    Examples
    --------
    >>> from gdm_lib.data import shapes
    >>> shapes(n_train=5, n_test=2).train.shape
    torch.Size([5, 3, 12, 12])
    """
    check_int("size", size, least=6)
    n = check_int("n_train", n_train) + check_int("n_test", n_test)
    generator = torch.Generator().manual_seed(seed)
    label = torch.randint(3, (n,), generator=generator)
    radius = size * (0.2 + 0.2 * torch.rand(n, 1, 1, generator=generator))
    place = torch.rand(2, n, 1, 1, generator=generator)
    row, column = radius + place * (size - 1 - 2 * radius)                  # whole shapes only
    inside = _inside(torch.arange(size)[:, None] - row, torch.arange(size) - column, radius)[label, torch.arange(n)]
    color = PALETTE[torch.randint(len(PALETTE), (n,), generator=generator)]
    images = quantize(inside[:, None] * color[:, :, None, None], 255, levels)      # (n, 3, size, size)
    return Split(images[:n_train], images[n_train:], label[:n_train], label[n_train:])


def _inside(y: Tensor, x: Tensor, radius: Tensor) -> Tensor:
    """A mask of the offsets from the center, (n, size, 1) and (n, 1, size), in each shape: (3, n, size, size)."""
    disc = y**2 + x**2 <= radius**2
    square = (y.abs() <= 0.8 * radius) & (x.abs() <= 0.8 * radius)
    triangle = (y <= 0.7 * radius) & (x.abs() <= (y + radius) / 1.7)
    return torch.stack([disc, square, triangle])

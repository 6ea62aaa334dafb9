"""The order in which an image is read: row by row, left to right, and color by color within a pixel."""

from collections.abc import Iterator
from itertools import product


def check_image_shape(shape: tuple[int, ...]) -> None:
    """Raise a ValueError unless `shape` is that of an image."""
    if len(shape) != 3:
        raise ValueError(f"shape must be (C, H, W), got {shape}")


def raster_places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Indices (c, i, j) into an image of shape (C, H, W), in the order of x_1, ..., x_m."""
    colors, height, width = shape
    return ((c, i, j) for i, j, c in product(range(height), range(width), range(colors)))

"""The order in which an image is read: row by row, left to right, and color by color within a pixel."""

from collections.abc import Iterator
from itertools import product

from gdm_lib._shapes import check_int

DEFAULT_CHANNELS = 32


def check_image_shape(shape: tuple[int, ...]) -> None:
    """Raise a ValueError unless `shape` is that of an image."""
    if len(shape) != 3:
        raise ValueError(f"shape must be (C, H, W), got {shape}")


def check_channels(channels: int | None, colors: int) -> int:
    """The number of hidden channels: a multiple of the number of colors; by default the least from 32 on."""
    if channels is None:
        return -(-DEFAULT_CHANNELS // colors) * colors
    if check_int("channels", channels) % colors:
        raise ValueError(f"channels must be a multiple of C = {colors}, one block a color, got {channels}")
    return channels


def raster_places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Indices (c, i, j) into an image of shape (C, H, W), in the order of x_1, ..., x_m."""
    colors, height, width = shape
    return ((c, i, j) for i, j, c in product(range(height), range(width), range(colors)))

"""The order in which an image is read: row by row, left to right, and color by color within a pixel."""

from collections.abc import Iterator, Sequence
from itertools import product

from torch import Tensor

from gdm_lib._shapes import check_int
from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.autoregressive.laws.conditionals import Conditional

DEFAULT_CHANNELS = 32


class RasterModel(AutoregressiveModel):
    """A model of images (C, H, W) by convolutions whose channels form one block a color, in raster order."""

    def __init__(self, shape: Sequence[int], law: Conditional, channels: int | None, context_size: int) -> None:
        super().__init__(shape, law, context_size)
        if len(self.shape) != 3:
            raise ValueError(f"shape must be (C, H, W), got {self.shape}")
        self.colors = self.shape[0]
        self.channels = _channels(channels, self.colors)

    def places(self) -> Iterator[tuple[int, ...]]:
        colors, height, width = self.shape
        return ((c, i, j) for i, j, c in product(range(height), range(width), range(colors)))

    def by_value(self, params: Tensor) -> Tensor:
        """The output of the last layer, (B, C P, H, W), as the parameters of each value: (B, C, H, W, P)."""
        return params.unflatten(1, (self.colors, self.law.params)).movedim(2, -1)


def _channels(channels: int | None, colors: int) -> int:
    """The number of hidden channels: a multiple of the number of colors; by default the least from 32 on."""
    if channels is None:
        return -(-DEFAULT_CHANNELS // colors) * colors
    if check_int("channels", channels) % colors:
        raise ValueError(f"channels must be a multiple of C = {colors}, one block a color, got {channels}")
    return channels


def check_convolutions(layers: int, kernel_size: int, first_kernel_size: int) -> int:
    """The number of layers of type B, if it is one and both kernels have a center."""
    check_int("kernel_size", kernel_size, odd=True)
    check_int("first_kernel_size", first_kernel_size, odd=True)
    return check_int("layers", layers, least=0)

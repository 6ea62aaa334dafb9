"""Gated PixelCNN: two stacks of masked convolutions that together see all of the past."""

from collections.abc import Sequence

from torch import Tensor, nn

from gdm_lib import masks
from gdm_lib.autoregressive.common.context import Shifts, shifted
from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.images.gated_layer import GatedLayer
from gdm_lib.autoregressive.images.gated_sampler import sample_incremental
from gdm_lib.autoregressive.images.raster import RasterModel, check_convolutions
from gdm_lib.autoregressive.laws.conditionals import Conditional
from gdm_lib.nn import MaskedConv2d


class GatedPixelCNN(RasterModel):
    """The model of `PixelCNN` without its blind spot, and with gates tanh(a) sigmoid(b) for ReLU.

    Parameters
    ----------
    shape
        (C, H, W): C = 1 for gray, 3 for RGB.
    law
        The distribution of one value.
    channels
        Of each stack in every layer, a multiple of C; by default the least from 32 on.
    layers
        The number of layers of type B after the first of type A. With the first kernel of size 2a + 1 and the others
        of size 2b + 1 the field reaches a + b layers rows up and as many columns to each side.
    kernel_size, first_kernel_size
        Odd.
    context_size
        The length of a context vector; 0 for none.

    References
    ----------
    van den Oord et al. (2016), Conditional Image Generation with PixelCNN Decoders.

    Examples
    --------
    >>> from gdm_lib.autoregressive import Categorical, GatedPixelCNN, PixelCNN
    >>> from gdm_lib.check import causality
    >>> plain = PixelCNN((1, 6, 6), Categorical(4), channels=4)
    >>> gated = GatedPixelCNN((1, 6, 6), Categorical(4), channels=4)
    >>> int(causality(plain).missing.sum()), int(causality(gated).missing.sum())
    (19, 0)
    """

    def __init__(
        self,
        shape: Sequence[int],
        law: Conditional,
        channels: int | None = None,
        layers: int = 5,
        kernel_size: int = 3,
        first_kernel_size: int = 7,
        context_size: int = 0,
    ) -> None:
        super().__init__(shape, law, channels, context_size)
        layers = check_convolutions(layers, kernel_size, first_kernel_size)
        colors, channels = self.colors, self.channels
        first = GatedLayer(first_kernel_size, "A", colors, channels, colors)
        deeper = [GatedLayer(kernel_size, "B", channels, channels, colors) for _ in range(layers)]
        self.layers: Sequence[GatedLayer] = nn.ModuleList([first, *deeper])  # type: ignore[assignment]
        self.last = MaskedConv2d(masks.raster_mask(1, "B", channels, colors * law.params, colors))
        self.shifts = Shifts(context_size, [2 * channels] * 2 * len(self.layers) + [self.last.out_channels])

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        *shifts, shift = self.shifts(context)
        v = h
        for layer, shift_v, shift_h in zip(self.layers, shifts[::2], shifts[1::2], strict=True):
            v, h = layer(v, h, shift_v, shift_h)
        return self.by_value(shifted(self.last(h.relu()), shift))           # (B, C, H, W, P)

    def _sample_incremental(self, drawing: Drawing, context: Tensor | None) -> None:
        sample_incremental(self.layers, self.last, self.shifts(context), drawing)

"""Gated PixelCNN: two stacks of masked convolutions that together see all of the past."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from gdm_lib import masks
from gdm_lib._shapes import check_int
from gdm_lib.autoregressive.base import AutoregressiveModel
from gdm_lib.autoregressive.conditionals import Conditional
from gdm_lib.autoregressive.context import Shifts, shifted
from gdm_lib.autoregressive.gated_sampler import sample_incremental
from gdm_lib.autoregressive.raster import check_channels, check_image_shape, raster_places
from gdm_lib.nn import MaskedConv2d


def gate(h: Tensor, dim: int) -> Tensor:
    """tanh(a) sigmoid(b), with a and b the two halves of the channels."""
    a, b = h.chunk(2, dim)
    return torch.tanh(a) * torch.sigmoid(b)


class GatedLayer(nn.Module):
    """One layer of both stacks: (v, h) -> (v, h).

    The vertical stack v looks at the rows above, at every column; the horizontal stack h at its own row up to
    the current value, and, by the link, at what v has seen. v never looks at h: it would leak the present row.
    """

    def __init__(self, kernel_size: int, kind: masks.Kind, below: int, channels: int, colors: int) -> None:
        super().__init__()
        whole = masks.raster_mask(kernel_size, kind, below, channels, colors)
        row = whole[:, :, kernel_size // 2, None]                           # (channels, below, 1, k)
        self.vertical = MaskedConv2d(masks.vertical_mask(kernel_size, kind, below, 2 * channels))
        self.horizontal = MaskedConv2d(torch.cat([row, row]))               # one for each half of the gate
        self.link = nn.Conv2d(2 * channels, 2 * channels, 1)
        self.mix = MaskedConv2d(masks.raster_mask(1, "B", channels, channels, colors))
        self.residual = below == channels and kind == "B"

    def forward(
        self, v: Tensor, h: Tensor, shift_v: Tensor | None, shift_h: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        v = shifted(self.vertical(v), shift_v)                              # (B, 2 channels, H, W)
        row = shifted(self.horizontal(h) + self.link(v), shift_h)
        new = self.mix(gate(row, 1))                                        # (B, channels, H, W)
        return gate(v, 1), h + new if self.residual else new


class GatedPixelCNN(AutoregressiveModel):
    """The model of `PixelCNN` without its blind spot, and with gates tanh(a) sigmoid(b) for ReLU.

    Parameters
    ----------
    shape
        (C, H, W): C = 1 for gray, 3 for RGB.
    law
        The law of one value.
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
    >>> from gdm_lib.autoregressive import Categorical, PixelCNN
    >>> from gdm_lib.check import causality
    >>> plain, gated = (model((1, 6, 6), Categorical(4), channels=4) for model in (PixelCNN, GatedPixelCNN))
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
        super().__init__(shape, law, context_size)
        check_image_shape(self.shape)
        colors = self.shape[0]
        channels = check_channels(channels, colors)
        self.layers: Sequence[GatedLayer] = nn.ModuleList([  # type: ignore[assignment]
            GatedLayer(first_kernel_size, "A", colors, channels, colors),
            *(
                GatedLayer(kernel_size, "B", channels, channels, colors)
                for _ in range(check_int("layers", layers, least=0))
            ),
        ])
        self.last = MaskedConv2d(masks.raster_mask(1, "B", channels, colors * law.params, colors))
        self.shifts = Shifts(context_size, [2 * channels] * 2 * len(self.layers) + [self.last.out_channels])

    def forward(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        *shifts, shift = self.shifts(context)
        v = h
        for layer, shift_v, shift_h in zip(self.layers, shifts[::2], shifts[1::2], strict=True):
            v, h = layer(v, h, shift_v, shift_h)
        out = shifted(self.last(h.relu()), shift)
        return out.unflatten(1, (self.shape[0], self.law.params)).movedim(2, -1)        # (B, C, H, W, P)

    def places(self) -> Iterator[tuple[int, ...]]:
        return raster_places(self.shape)

    def _sample_incremental(self, uniforms: Tensor, context: Tensor | None) -> Tensor:
        x = self._blank(len(uniforms))
        return sample_incremental(self.layers, self.last, self.shifts(context), self.law, uniforms, x)

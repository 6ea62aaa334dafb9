"""One layer of a gated PixelCNN: a vertical and a horizontal stack, each with gates."""

import torch
from torch import Tensor, nn

from gdm_lib import masks
from gdm_lib.autoregressive.common.context import shifted
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

"""Drawing from a gated PixelCNN: the vertical stack once a row, the horizontal stack once a value."""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.common.row import Row, start
from gdm_lib.autoregressive.images.gated_layer import GatedLayer, gate
from gdm_lib.autoregressive.images.pixelcnn_sampler import Above
from gdm_lib.nn import MaskedConv2d


class _Stack:
    """One layer of both stacks, with what it has been given so far."""

    def __init__(
        self, layer: GatedLayer, shift_v: Tensor | None, shift_h: Tensor | None, n: int, width: int, first: bool
    ) -> None:
        vertical = layer.vertical.masked()              # (2c, I, k, k)
        reach = vertical.shape[2] // 2
        self.above = Above(vertical[:, :, : reach if first else reach + 1], n, width)
        self.row = Row(layer.horizontal.masked()[:, :, 0], n, width)
        self.link = layer.link.weight[:, :, 0, 0]
        self.mix = layer.mix.masked()[:, :, 0, 0]
        self.mix_bias, self.residual = layer.mix.bias, layer.residual
        self.start_v = start(layer.vertical.bias, shift_v)
        self.start_h = start(layer.link.bias, start(layer.horizontal.bias, shift_h))

    def vertical(self) -> Tensor:
        """The vertical stack at this row, every column at once: (n, c, width) for the layer above."""
        v = self.above.convolve(self.start_v)                               # (width, n, 2c)
        self.from_above = v @ self.link.T + self.start_h                    # (width, n, 2c)
        return gate(v, -1).permute(1, 2, 0)

    def column(self, j: int, h: Tensor) -> Tensor:
        """The horizontal stack at column j, given its input there: (n, I) -> (n, c)."""
        self.row.put(j, h)
        new = F.linear(gate(self.row.at(j, self.from_above[j]), -1), self.mix, self.mix_bias)
        return h + new if self.residual else new


def sample_incremental(
    layers: Sequence[GatedLayer],
    last: MaskedConv2d,
    shifts: Sequence[Tensor | None],
    drawing: Drawing,
) -> None:
    """Draw the x of `drawing`, (n, C, H, W), in raster order.

    Cost: the arithmetic of one pass of the vertical stack and C passes of the horizontal one.
    """
    n, colors, height, width = drawing.x.shape
    *pairs, shift = shifts
    stacks = [
        _Stack(layer, shift_v, shift_h, n, width, first=k == 0)
        for k, (layer, shift_v, shift_h) in enumerate(zip(layers, pairs[::2], pairs[1::2], strict=True))
    ]
    weight, bias = last.masked()[:, :, 0, 0], start(last.bias, shift)
    for i in range(height):
        v = stacks[0].vertical()
        for stack in stacks[1:]:
            stack.above.push(v)
            v = stack.vertical()
        for j in range(width):
            values = weight.new_zeros(n, colors)
            for c in range(colors):
                h = values
                for stack in stacks:
                    h = stack.column(j, h)
                params = (h.relu() @ weight.T + bias).unflatten(1, (colors, drawing.law.params))[:, c]     # (n, P)
                values[:, c] = drawing.embedded((c, i, j), params)
            stacks[0].row.put(j, values)
        stacks[0].above.push(stacks[0].row.finish())
        for stack in stacks[1:]:
            stack.row.finish()

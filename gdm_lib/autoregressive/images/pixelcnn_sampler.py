"""Drawing from a stack of masked convolutions without computing anything twice.

When a value is drawn, only the activations at its own pixel change that later pixels have not used yet.
So each layer keeps its input: the rows above enter by one convolution a row, the current row by one
matrix product a pixel. The naive sampler, C H W whole passes, is `AutoregressiveModel.sample(method="naive")`.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.common.row import Row, relu_column
from gdm_lib.nn import MaskedConv2d


class Above:
    """The rows above the current one, as a convolution sees them; none if its kernel is one row high."""

    def __init__(self, weight: Tensor, n: int, width: int) -> None:
        self.weight = weight.contiguous()                                   # (O, I, rows, k), centered in k
        _, channels, self.rows, k = weight.shape
        self.width, self.reach = width, k // 2
        self.inputs = weight.new_zeros(n, channels, self.rows, width + 2 * self.reach)

    def push(self, row: Tensor) -> None:
        """Append the finished row (n, I, width) as the lowest of the rows above."""
        if self.rows:
            row = F.pad(row, (self.reach, self.reach))[:, :, None]
            self.inputs = torch.cat([self.inputs[:, :, 1:], row], 2)

    def convolve(self, start: Tensor) -> Tensor:
        """The contribution of the rows above plus `start`, (O,) or (n, O), at every column: (width, n, O)."""
        if not self.rows:
            return start.expand(self.width, len(self.inputs), -1)
        out = F.conv2d(self.inputs, self.weight)[:, :, 0]                   # (n, O, width)
        return out.permute(2, 0, 1).contiguous() + start


def sample_incremental(
    convolutions: Sequence[MaskedConv2d], starts: Sequence[Tensor], drawing: Drawing
) -> None:
    """Draw x in raster order from the stack `convolutions`, ReLU between: the x of `drawing`, (n, C, H, W).

    `starts` holds the term that each layer adds everywhere: its bias and the context's shift, (O,) or (n, O).
    Cost: the arithmetic of C passes of the stack, and k / 2 + 1 rows of activations a layer in memory.
    """
    n, colors, height, width = drawing.x.shape
    weights = [conv.masked() for conv in convolutions]            # (O, I, k, k)
    rows = [Row(weight[:, :, weight.shape[2] // 2], n, width) for weight in weights]
    above = [Above(weight[:, :, : weight.shape[2] // 2], n, width) for weight in weights]
    for i in range(height):
        from_above = [layer.convolve(start).unbind() for layer, start in zip(above, starts, strict=True)]
        for j, here in enumerate(zip(*from_above, strict=True)):
            h = rows[0].inputs.new_zeros(n, colors)
            for c in range(colors):
                column = relu_column(rows, here, j, h)
                params = column.unflatten(1, (colors, drawing.law.params))[:, c]   # (n, P)
                h[:, c] = drawing.embedded((c, i, j), params)
            rows[0].put(j, h)           # type A hides the last color, so nothing deeper changes any more
        for row, layer in zip(rows, above, strict=True):
            layer.push(row.finish())

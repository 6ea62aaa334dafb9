"""Drawing from a stack of masked convolutions without computing anything twice.

When a value is drawn, only the activations at its own pixel change that later pixels have not used yet.
So each layer keeps its input: the rows above enter by one convolution a row, the current row by one
matrix product a pixel. The naive sampler, H W whole passes, is `AutoregressiveModel.sample(method="naive")`.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from gdm_lib.autoregressive.conditionals import Conditional
from gdm_lib.nn import MaskedConv2d


class _Layer:
    """One masked convolution, its weight split into the rows above and the current row, and its input so far."""

    def __init__(self, conv: MaskedConv2d, n: int, width: int) -> None:
        weight = conv.weight * conv.mask                                    # (O, I, k, k)
        _, channels, self.k, _ = weight.shape
        self.reach = self.k // 2
        self.bias = conv.bias
        self.weight_above = weight[:, :, : self.reach]                      # (O, I, reach, k)
        here = weight[:, :, self.reach, : self.reach + 1]                   # (O, I, reach + 1)
        self.weight_here = here.permute(2, 1, 0).flatten(0, 1).contiguous()     # ((reach + 1) I, O)
        self.above = weight.new_zeros(n, channels, self.reach, width + 2 * self.reach)
        self.row = weight.new_zeros(n, self.reach + width, channels)        # padded on the left

    def start_row(self) -> None:
        """Take the finished row into those above, and convolve them once for the whole new row."""
        if not self.reach:
            return
        finished = F.pad(self.row[:, self.reach :].mT, (self.reach, self.reach))    # (n, I, width + 2 reach)
        self.above = torch.cat([self.above[:, :, 1:], finished[:, :, None]], 2)
        self.from_above = F.conv2d(self.above, self.weight_above, self.bias)[:, :, 0].permute(2, 0, 1).contiguous()
        self.row.zero_()

    def at(self, j: int) -> Tensor:
        """The output at column j, from the input at columns up to j: (n, O)."""
        seen = self.row[:, j : j + self.reach + 1].flatten(1)               # (n, (reach + 1) I)
        return torch.addmm(self.from_above[j] if self.reach else self.bias, seen, self.weight_here)

    def put(self, j: int, h: Tensor) -> None:
        self.row[:, self.reach + j] = h


def sample_incremental(convolutions: Sequence[MaskedConv2d], law: Conditional, uniforms: Tensor) -> Tensor:
    """Draw x in raster order from the stack `convolutions`, ReLU between: (n, C, H, W) uniforms to x.

    Cost: the arithmetic of C passes of the stack, and three rows of activations a layer in memory.
    """
    n, colours, height, width = uniforms.shape
    x = torch.zeros_like(uniforms, dtype=law.dtype)
    layers = [_Layer(conv, n, width) for conv in convolutions]
    for i in range(height):
        for layer in layers:
            layer.start_row()
        for j in range(width):
            h = layers[0].row.new_zeros(n, colours)
            for c in range(colours):
                params = _column(layers, j, h).unflatten(1, (colours, law.params))[:, c]   # (n, P)
                x[:, c, i, j] = law.sample(params, uniforms[:, c, i, j])
                h[:, c] = law.embed(x[:, c, i, j], h.dtype)
            layers[0].put(j, h)         # type A hides the last colour, so nothing deeper changes any more
    return x


def _column(layers: Sequence[_Layer], j: int, h: Tensor) -> Tensor:
    """Every layer at column j, given the input there; each layer keeps what it was given."""
    for k, layer in enumerate(layers):
        h = h.relu() if k else h
        layer.put(j, h)
        h = layer.at(j)
    return h

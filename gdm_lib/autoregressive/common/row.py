"""A masked convolution fed one column at a time, the building block of every incremental sampler."""

from collections.abc import Sequence

import torch
from torch import Tensor


class Row:
    """The taps of a masked convolution within one row, and the row of inputs that it has been given so far.

    Parameters
    ----------
    weight
        The masked weight of the row, (O, I, k), centered; taps right of the center are 0.
    n, width
        Of the rows to come.
    dilation
        The distance between taps.
    """

    def __init__(self, weight: Tensor, n: int, width: int, dilation: int = 1) -> None:
        taps = weight.shape[2] // 2 + 1                                     # left of the center, and the center
        self.reach = (taps - 1) * dilation
        self.weight = weight[:, :, :taps].permute(2, 1, 0).flatten(0, 1).contiguous()       # (taps I, O)
        self.inputs = weight.new_zeros(n, self.reach + width, weight.shape[1])              # padded on the left
        self.here = self.inputs[:, self.reach :].unbind(1)                                  # (n, I) of each column
        self.seen = []                                                                      # (n, taps, I) of each
        for j in range(width):
            self.seen.append(self.inputs[:, j : j + self.reach + 1 : dilation])
        if dilation == 1:                                                                   # then without a copy
            self.seen = [seen.flatten(1) for seen in self.seen]

    def put(self, j: int, h: Tensor) -> None:
        """The input at column j is h, (n, I)."""
        self.here[j].copy_(h)

    def put_relu(self, j: int, h: Tensor) -> None:
        """The input at column j is max(h, 0), (n, I)."""
        torch.clamp_min(h, 0, out=self.here[j])

    def at(self, j: int, start: Tensor) -> Tensor:
        """The output at column j from the inputs up to there, added to `start`: (O,) or (n, O) -> (n, O)."""
        return torch.addmm(start, self.seen[j].flatten(1), self.weight)

    def finish(self) -> Tensor:
        """Hand over the finished row (n, I, width), and begin an empty one."""
        finished = self.inputs[:, self.reach :].mT.clone()
        self.inputs.zero_()
        return finished


def start(bias: Tensor | None, shift: Tensor | None) -> Tensor:
    """The term that a layer adds at every place: its bias, plus the shift of any context: (O,) or (n, O)."""
    assert bias is not None, "every convolution of this library has a bias"
    return bias if shift is None else bias + shift


def relu_column(rows: Sequence[Row], starts: Sequence[Tensor], j: int, h: Tensor) -> Tensor:
    """A stack with ReLU between, at column j, given its input there; each row keeps what it was given."""
    for k, (row, start) in enumerate(zip(rows, starts, strict=True)):
        if k:
            row.put_relu(j, h)
        else:
            row.put(j, h)
        h = row.at(j, start)
    return h

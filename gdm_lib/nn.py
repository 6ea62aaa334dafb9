"""Layers whose weights are masked.

The mask multiplies the weight in `forward`. Multiplying the parameter's data once would be undone by the
first optimizer step with momentum or weight decay, and by every `load_state_dict`.
"""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn


def _boolean(mask: Tensor, ndim: int) -> Tensor:
    if not isinstance(mask, Tensor) or mask.ndim != ndim:
        came = f"shape {tuple(mask.shape)}" if isinstance(mask, Tensor) else type(mask).__name__
        raise ValueError(f"mask must be a tensor of {ndim} dimensions, got {came}")
    return mask.bool().contiguous().clone()


class MaskedLinear(nn.Linear):
    """y = (W * mask) x + b, with a mask of shape (out, in)."""

    mask: Tensor

    def __init__(self, mask: Tensor, bias: bool = True) -> None:
        mask = _boolean(mask, 2)
        super().__init__(mask.shape[1], mask.shape[0], bias)
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight * self.mask, self.bias)


class MaskedConv1d(nn.Conv1d):
    """A convolution with its weight masked; the mask has shape (out, in, kernel). The length stays."""

    mask: Tensor

    def __init__(self, mask: Tensor, dilation: int = 1) -> None:
        mask = _boolean(mask, 3)
        out_channels, in_channels, kernel_size = mask.shape
        super().__init__(in_channels, out_channels, kernel_size, padding="same", dilation=dilation)
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv1d(x, self.weight * self.mask, self.bias, padding=self.padding, dilation=self.dilation)


class MaskedConv2d(nn.Conv2d):
    """A convolution with its weight masked; the mask has shape (out, in, k, k). Height and width stay."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        mask = _boolean(mask, 4)
        out_channels, in_channels, height, width = mask.shape
        super().__init__(in_channels, out_channels, (height, width), padding="same")
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class MaskedMLP(nn.Module):
    """A stack of masked linear layers with ReLU between: (*, m) -> (*, m, params).

    Each output j of the last mask is repeated `params` times: the parameters of the law of x_j.
    """

    def __init__(self, masks: Sequence[Tensor], params: int = 1) -> None:
        super().__init__()
        self.params = params
        *hidden, last = masks
        self.layers: Sequence[MaskedLinear] = nn.ModuleList(  # type: ignore[assignment]
            MaskedLinear(mask) for mask in [*hidden, last.repeat_interleave(params, 0)]
        )

    def forward(self, x: Tensor) -> Tensor:
        *hidden, last = self.layers
        for layer in hidden:
            x = layer(x).relu_()
        return last(x).unflatten(-1, (-1, self.params))                     # (*, m, params)

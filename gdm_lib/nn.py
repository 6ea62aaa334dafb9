"""Layers whose weights are masked, and the model that they are in.

The mask multiplies the weight in `forward`. Multiplying the parameter's data once would be undone by the
first optimizer step with momentum or weight decay, and by every `load_state_dict`.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _boolean(mask: Tensor, ndim: int) -> Tensor:
    if not isinstance(mask, Tensor) or mask.ndim != ndim:
        came = f"shape {tuple(mask.shape)}" if isinstance(mask, Tensor) else type(mask).__name__
        raise ValueError(f"mask must be a tensor of {ndim} dimensions, got {came}")
    return mask.bool().contiguous().clone()


class Masked(nn.Module):
    """A layer with a weight and a mask of the same shape."""

    weight: Any
    mask: Tensor
    _product: tuple[Tensor, Tensor] | None = None

    def masked(self) -> Tensor:
        """weight * mask; inside `frozen` the product that was made on entry."""
        if self._product is None:
            return self.weight * self.mask
        product, weight_then = self._product
        if not torch.equal(self.weight, weight_then):
            raise RuntimeError("a weight has changed inside `frozen`: train outside of it, and freeze again")
        return product


@contextmanager
def frozen(model: nn.Module) -> Iterator[None]:
    """Inside `with frozen(model):` each masked weight is multiplied by its mask once, not in every call.

    For many evaluations with weights that stay as they are. Gradients reach the inputs, not the masked weights. Each
    call compares the weights with those of the entry.

    Raises
    ------
    RuntimeError
        In the first call after a weight has changed.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, Masked)]
    before = [layer._product for layer in layers]
    for layer in layers:
        weight = layer.weight.detach()
        layer._product = (weight * layer.mask, weight.clone())
    try:
        yield
    finally:
        for layer, product in zip(layers, before, strict=True):
            layer._product = product


class Model(nn.Module):
    """A distribution p(x | theta) or p(x | context, theta), as a module whose call is its `log_prob`."""

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x | theta) in nats."""
        raise NotImplementedError

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """`log_prob`, so that DataParallel and `torch.func.functional_call` find it."""
        return self.log_prob(x, context)

    def frozen(self) -> AbstractContextManager[None]:
        """`with model.frozen():` the masked weights are multiplied once; see `frozen`."""
        return frozen(self)


class MaskedLinear(Masked, nn.Linear):
    """y = (W * mask) x + b, with a mask of shape (out, in)."""

    def __init__(self, mask: Tensor, bias: bool = True) -> None:
        mask = _boolean(mask, 2)
        super().__init__(mask.shape[1], mask.shape[0], bias)
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.masked(), self.bias)


class Crop:
    """The smallest box of taps that holds all that a mask keeps, and the padding with which size stays as it is.

    A causal kernel is half empty: the rows below the center, say, would be multiplied by zeros only.
    """

    def __init__(self, mask: Tensor, dilation: int = 1) -> None:
        self.taps: list[slice] = []
        self.padding: list[int] = []                                        # as F.pad takes it: the last axis first
        for axis, size in enumerate(mask.shape[2:], start=2):
            others = [other for other in range(mask.ndim) if other != axis]
            kept = _where(mask.any(others)) or [size // 2]
            low, high, center = kept[0], kept[-1], (size - 1) // 2
            self.taps.append(slice(low, high + 1))
            self.padding = [(center - low) * dilation, (high - center) * dilation, *self.padding]

    def __call__(self, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The padded input, and the part of the weight that is not masked away."""
        return F.pad(x, self.padding), weight[:, :, *self.taps]


def _where(kept: Tensor) -> list[int]:
    """The indices of True; all of them on a device that holds no values, such as meta."""
    try:
        return kept.nonzero().flatten().tolist()
    except (NotImplementedError, RuntimeError):
        return list(range(len(kept)))


class MaskedConv1d(Masked, nn.Conv1d):
    """A convolution with its weight masked; the mask has shape (out, in, kernel). The length stays."""

    def __init__(self, mask: Tensor, dilation: int = 1) -> None:
        mask = _boolean(mask, 3)
        out_channels, in_channels, kernel_size = mask.shape
        super().__init__(in_channels, out_channels, kernel_size, padding="same", dilation=dilation)
        self.register_buffer("mask", mask)
        self.crop = Crop(mask, dilation)

    def forward(self, x: Tensor) -> Tensor:
        x, weight = self.crop(x, self.masked())
        return F.conv1d(x, weight, self.bias, dilation=self.dilation)


class MaskedConv2d(Masked, nn.Conv2d):
    """A convolution with its weight masked; the mask has shape (out, in, k, k). Height and width stay."""

    def __init__(self, mask: Tensor) -> None:
        mask = _boolean(mask, 4)
        out_channels, in_channels, height, width = mask.shape
        super().__init__(in_channels, out_channels, (height, width), padding="same")
        self.register_buffer("mask", mask)
        self.crop = Crop(mask)

    def forward(self, x: Tensor) -> Tensor:
        x, weight = self.crop(x, self.masked())
        return F.conv2d(x, weight, self.bias)


class MaskedMLP(nn.Module):
    """A stack of masked linear layers with ReLU between: (*, m) -> (*, m, params).

    Each output j of the last mask is repeated `params` times: the parameters of the distribution of x_j.
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

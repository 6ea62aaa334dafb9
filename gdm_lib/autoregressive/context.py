"""What is known about x before the first value is drawn, such as a label."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def check_context(context: Tensor | None, n: int, size: int) -> Tensor | None:
    """Return `context` if it is what a model of this context size takes for a batch of n."""
    if size == 0 and context is not None:
        raise ValueError("this model takes no context: make it with context_size, or leave context out")
    if size and (not isinstance(context, Tensor) or tuple(context.shape) != (n, size)):
        came = tuple(context.shape) if isinstance(context, Tensor) else context
        raise ValueError(f"context must be a tensor of shape ({n}, {size}), got {came}")
    return context


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Labels (B,) as a context (B, classes)."""
    if labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ValueError(f"labels must lie in 0..{classes - 1}, got {int(labels.min())} to {int(labels.max())}")
    return nn.functional.one_hot(labels.long(), classes).to(dtype)


class Shifts(nn.Module):
    """What each layer adds to its output: a shift linear in the context, (B, context_size) -> a list of (B, width).

    Every layer has its own, the last one too: the parameters of x_1 depend on no other value, so a context that
    entered only further down would never reach them. Without context there is nothing to add, and the list holds None.
    """

    def __init__(self, context_size: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.count = len(widths)
        linear = (nn.Linear(context_size, width, bias=False) for width in widths)
        self.layers: Sequence[nn.Linear] = nn.ModuleList(linear if context_size else ())  # type: ignore[assignment]

    def forward(self, context: Tensor | None) -> list[Tensor | None]:
        if context is None:
            return [None] * self.count
        return [layer(context) for layer in self.layers]


def shifted(h: Tensor, shift: Tensor | None) -> Tensor:
    """What a layer says, (B, width, *size), plus the shift of the context, (B, width), at every place."""
    if shift is None:
        return h
    return h + shift.reshape(*shift.shape, *(1 for _ in h.shape[2:]))

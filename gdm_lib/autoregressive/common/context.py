"""The context of a model: information about x, such as a label, given before the first value is drawn."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int, described, value_range


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype | None = None) -> Tensor:
    """Labels (*,) as a context (*, classes), of the default dtype if none is given.

    Raises
    ------
    ValueError
        If the labels are not whole numbers 0, ..., classes - 1 in an integer dtype.
    """
    check_int("classes", classes)
    if not isinstance(labels, Tensor) or labels.is_floating_point() or labels.is_complex():
        came = labels.dtype if isinstance(labels, Tensor) else described(labels)
        raise ValueError(f"labels must be a tensor of whole numbers 0..{classes - 1} in an integer dtype, got {came}")
    ends = value_range(labels.long())
    if ends and not 0 <= ends[0] <= ends[1] < classes:
        raise ValueError(f"labels must lie in 0..{classes - 1}, got {ends[0]} to {ends[1]}")
    return nn.functional.one_hot(labels.long(), classes).to(dtype or torch.get_default_dtype())


class Shifts(nn.Module):
    """One shift per layer, linear in the context and added to the output: (B, context_size) -> a list of (B, width).

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
    """The output of a layer, (B, width, *size), plus the shift of the context, (B, width), at every place."""
    if shift is None:
        return h
    return h + shift.reshape(*shift.shape, *(1 for _ in h.shape[2:]))

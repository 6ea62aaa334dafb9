"""Layers whose weights are masked, and the model that they are in.

The mask multiplies the weight in `forward`. Multiplying the parameter's data once would be undone by the
first optimizer step, since a weight of 0 has a gradient like any other, and by loading other weights.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANGED = "a weight has changed inside `frozen`: train outside of it, and freeze again"


class Freezable(nn.Module):
    """A module that makes something of its own parameters: `once("name", make)`."""

    _kept: "_Kept | None" = None

    @property
    def is_frozen(self) -> bool:
        """True inside `frozen`."""
        return self._kept is not None

    def once(self, name: str, make: Callable[[], Tensor]) -> Tensor:
        """The result of `make`; inside `frozen` it is asked once, without gradients."""
        if self._kept is None:
            return make()
        return self._kept.get(name, make)


class _Kept:
    """All that one module made of its parameters, and the parameters it was made of."""

    def __init__(self, module: nn.Module) -> None:
        self.made: dict[str, Tensor] = {}
        self.own = module._parameters                                       # names and what they stand for now
        self.then = [(name, weight, _version(weight)) for name, weight in self.own.items() if weight is not None]
        self.values = [weight.detach().clone() for _, weight, _ in self.then]

    def get(self, name: str, make: Callable[[], Tensor]) -> Tensor:
        for at, weight, version in self.then:
            if self.own[at] is not weight or _version(weight) != version:
                raise RuntimeError(CHANGED)
        if name not in self.made:
            with torch.no_grad():
                self.made[name] = make()
        return self.made[name]

    def changed(self) -> bool:
        """True if any value is another than on entry, whatever way it was written."""
        pairs = zip(self.then, self.values, strict=True)
        return any(_differ(weight, value) for (_, weight, _), value in pairs)


def _version(weight: Tensor) -> int:
    """torch's count of the writes to a tensor; tensors of inference mode have none."""
    return 0 if weight.is_inference() else weight._version


def _differ(one: Tensor, other: Tensor) -> bool:
    """True if two tensors hold different values, NaN being one value; False where none can be read, as on meta."""
    try:
        return not torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)
    except (NotImplementedError, RuntimeError):
        return False


@contextmanager
def frozen(model: nn.Module) -> Iterator[None]:
    """Inside `with frozen(model):` masked weights and the inverse of a PLU map are made once, not in every call.

    For many evaluations with weights that stay as they are. Gradients reach the inputs, not the weights. Products of
    reflections (Orthogonal, QR) are still made in every call.

    Raises
    ------
    RuntimeError
        In the first call after a weight has changed; for a change that torch does not count, such as one through
        `.data`, at the end of the block.
    """
    modules = [module for module in model.modules() if isinstance(module, Freezable)]
    before = [module._kept for module in modules]
    for module in modules:
        module._kept = _Kept(module)
    try:
        yield
        if any(module._kept is not None and module._kept.changed() for module in modules):
            raise RuntimeError(CHANGED)
    finally:
        for module, kept in zip(modules, before, strict=True):
            module._kept = kept


def _ones_and_zeros(mask: Tensor, ndim: int) -> Tensor:
    """A copy of the mask in the dtype of a weight: a product of two dtypes takes three times as long."""
    if not isinstance(mask, Tensor) or mask.ndim != ndim:
        came = f"shape {tuple(mask.shape)}" if isinstance(mask, Tensor) else type(mask).__name__
        raise ValueError(f"mask must be a tensor of {ndim} dimensions, got {came}")
    return mask.bool().contiguous().to(torch.get_default_dtype())


class Masked(Freezable):
    """A layer with a weight and a mask, of ones and zeros, of the same shape."""

    weight: Any
    mask: Tensor

    def masked(self) -> Tensor:
        """weight * mask; inside `frozen` made once."""
        if self._kept is None:
            return self.weight * self.mask
        return self._kept.get("masked", self._product)

    def _product(self) -> Tensor:
        return self.weight * self.mask


class Model(nn.Module):
    """A distribution p(x | theta) or p(x | context, theta), as a module whose call is its `log_prob`."""

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x | theta) in nats."""
        raise NotImplementedError

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """`log_prob`, so that DataParallel and `torch.func.functional_call` find it."""
        return self.log_prob(x, context)

    def frozen(self) -> AbstractContextManager[None]:
        """`with model.frozen():` what depends on the weights alone is made once; see `frozen`."""
        return frozen(self)


class MaskedLinear(Masked, nn.Linear):
    """y = (W * mask) x + b, with a mask of shape (out, in)."""

    def __init__(self, mask: Tensor, bias: bool = True) -> None:
        mask = _ones_and_zeros(mask, 2)
        super().__init__(mask.shape[1], mask.shape[0], bias)
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.masked(), self.bias)

    def _product(self) -> Tensor:
        product = super()._product()
        return product.T.contiguous().T if self.is_frozen else product      # as the matrix product reads it fastest


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
        mask = _ones_and_zeros(mask, 3)
        out_channels, in_channels, kernel_size = mask.shape
        super().__init__(in_channels, out_channels, kernel_size, padding="same", dilation=dilation)
        self.register_buffer("mask", mask)
        self.crop = Crop(mask, dilation)

    def forward(self, x: Tensor) -> Tensor:
        x, weight = self.crop(x, self.masked())
        return F.conv1d(x, weight, self.bias, dilation=self.dilation)


CHANNELS_LAST = torch.channels_last
"""The layout in memory that a convolution is fastest in; the output of one brings it to the next."""


class MaskedConv2d(Masked, nn.Conv2d):
    """A convolution with its weight masked; the mask has shape (out, in, k, k). Height and width stay."""

    def __init__(self, mask: Tensor) -> None:
        mask = _ones_and_zeros(mask, 4)
        out_channels, in_channels, height, width = mask.shape
        super().__init__(in_channels, out_channels, (height, width), padding="same")
        self.register_buffer("mask", mask)
        self.crop = Crop(mask)

    def forward(self, x: Tensor) -> Tensor:
        x, weight = self.crop(x, self.masked())
        return F.conv2d(x, weight.contiguous(memory_format=CHANNELS_LAST), self.bias)


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

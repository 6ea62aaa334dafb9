"""The building block of a flow: an invertible map with the log-determinant of each direction."""

from typing import Any

import torch
from torch import Tensor

from gdm_lib._shapes import check_context, described
from gdm_lib.nn import Freezable


class Transform(Freezable):
    """An invertible map z = f(x), x = g(z) of R^m, smooth or with kinks, with log|det J| of each direction.

    A transform writes two methods and nothing more::

        f(x, context=None) -> (z, log|det dz/dx|)       data to noise
        g(z, context=None) -> (x, log|det dx/dz|)       noise to data

    Points have shape (*, m) with any batch dimensions, also none; the log-det, in nats, has shape (*,).
    Each log-det is that of its own direction, so for z = f(x) the two cancel:
    log|det dz/dx| + log|det dx/dz| = 0. Nothing is cached between calls.

    Attributes
    ----------
    m : int or None
        The dimension; None if the transform acts on points of any dimension.
    context_size : int
        The length of the vector that the map may depend on besides x. If it is 0 the methods of the
        transform take no context.
    """

    m: int | None = None
    context_size: int = 0

    def f(self, x: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """Data to noise: x (*, m) -> z (*, m), log|det dz/dx| (*,)."""
        raise NotImplementedError

    def g(self, z: Tensor, *args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
        """Noise to data: z (*, m) -> x (*, m), log|det dx/dz| (*,)."""
        raise NotImplementedError

    def forward(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """`f`, so that `torch.func.functional_call` finds it; for `g` call it on `Inverse(transform)`."""
        return self.f(x, *given(self, context))

    def check(self, name: str, x: Tensor, context: Tensor | None = None) -> None:
        """Raise a ValueError if the point `x`, called `name`, or the context does not fit this transform."""
        self.check_point(name, x)
        weight = next(self.parameters(), x)
        if weight.dtype != x.dtype and not torch.is_autocast_enabled(x.device.type):
            raise ValueError(f"{type(self).__name__} has parameters of {weight.dtype}, got {name} of {x.dtype}: "
                             "convert one, for example with .double() or .float()")
        if self.context_size:
            check_context(context, x.shape[:-1], self.context_size, x)

    def check_point(self, name: str, x: Tensor) -> None:
        """The part of `check` that asks no parameters, for a transform that has none of its own."""
        kind = type(self).__name__
        expected = f"(*, {self.m})" if self.m is not None else "(*, m)"
        if not isinstance(x, Tensor):
            raise ValueError(f"{kind} expects {name} to be a tensor {expected}, got {type(x).__name__}")
        if x.ndim == 0 or self.m not in (None, x.shape[-1]):
            raise ValueError(f"{kind} expects {name} of shape {expected}, got {tuple(x.shape)}")
        if not x.is_floating_point():
            raise ValueError(f"{kind} expects {name} of a floating dtype, got {x.dtype}: discrete data "
                             "enters a flow through Dequantized")

    def extra_repr(self) -> str:
        context = f", context_size={self.context_size}" if self.context_size else ""
        return f"m={self.m}{context}" if self.m is not None else ""


def check_transform(name: str, value: object) -> "Transform":
    """Return `value` if it is a transform; a class, a list or any other module is not."""
    if not isinstance(value, Transform):
        came = f"the class {value.__name__}: call it" if isinstance(value, type) else described(value)
        raise ValueError(f"{name} must be a Transform, such as PLU(2), got {came}")
    return value


def given(transform: Transform, context: Tensor | None) -> tuple[Tensor | None, ...]:
    """The arguments of `transform` after the point: the context where it takes one, else none."""
    return (context,) if transform.context_size else ()

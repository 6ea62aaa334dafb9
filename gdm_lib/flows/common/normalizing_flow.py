"""A density from a base and a transform, by the change of variables."""

import math
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.distributions import Distribution

from gdm_lib._devices import at_least_float32, device_of, own_generators
from gdm_lib._shapes import (
    check_context,
    check_event,
    check_int,
    check_method,
    check_positive,
    sample_shape,
    value_range,
)
from gdm_lib.flows.common.transform import Transform, check_transform, given
from gdm_lib.nn import Model


class Base(Protocol):
    """The interface of the distribution of z; a `torch.distributions.Distribution` over vectors has it."""

    def log_prob(self, value: Tensor) -> Tensor: ...

    def sample(self, sample_shape: Any) -> Tensor: ...


class StandardNormal(nn.Module):
    """N(0, I) on R^m: log p(z) = -|z|^2 / 2 - (m / 2) log 2 pi. It moves with the flow's device and dtype."""

    origin: Tensor

    def __init__(self, m: int) -> None:
        super().__init__()
        self.register_buffer("origin", torch.zeros(check_int("m", m)), persistent=False)

    def log_prob(self, z: Tensor) -> Tensor:
        """(*, m) -> (*,), nats."""
        check_event("z", z, self.origin.shape)
        return -0.5 * z.square().sum(-1) - 0.5 * z.shape[-1] * math.log(2 * math.pi)

    def sample(self, n: int | Sequence[int] = (), generator: torch.Generator | None = None) -> Tensor:
        """(n, m), or (*n, m) for a shape as torch.distributions takes it."""
        shape = (*sample_shape(n), *self.origin.shape)
        return torch.randn(shape, dtype=self.origin.dtype, device=self.origin.device, generator=generator)

    rsample = sample

    def extra_repr(self) -> str:
        return f"m={len(self.origin)}"


class NormalizingFlow(Model):
    """log p(x | theta) = log p(f(x)) + log|det dz/dx|, with z = f(x) and p(z) the base.

    Parameters
    ----------
    base
        The distribution of z: `StandardNormal(m)`, a `torch.distributions.Distribution` over vectors, a density of
        `gdm_lib.densities`, or another flow without a context.
    transform
        f and g.

    Raises
    ------
    ValueError
        If the base's log_prob is not one number a point, or its dimension not that of the transform.

    References
    ----------
    Rezende & Mohamed (2015), Variational Inference with Normalizing Flows.

    Examples
    --------
    >>> from gdm_lib.flows import NormalizingFlow, StandardNormal, Triangular
    >>> flow = NormalizingFlow(StandardNormal(2), Triangular(2))
    >>> flow.log_prob(flow.sample(5)).shape
    torch.Size([5])
    """

    def __init__(self, base: Base, transform: Transform) -> None:
        super().__init__()
        check_method("base", base, "log_prob", "StandardNormal(2)")
        check_method("base", base, "sample", "StandardNormal(2)")
        check_transform("transform", transform)
        with own_generators(device_of(base)):                               # building a flow draws nothing for others
            z = base.sample(torch.Size([1]))
        if transform.m is not None and z.shape[1:] != (transform.m,):
            raise ValueError(f"base must draw points of shape ({transform.m},), got {tuple(z.shape[1:])}")
        if z.ndim != 2 or base.log_prob(z).shape != (1,):
            raise ValueError("base must give one log_prob a point; torch.distributions.Independent(base, 1) does")
        self.base, self.transform = base, transform
        self.m = z.shape[-1]

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x | theta) in nats: (*, m) -> (*,); -inf outside the support. Costs one f.

        A context is (c,) for all points or (*, c), one for each.

        Raises
        ------
        ValueError
            If x is not (*, m) in the dtype of the flow, or holds NaN.
        """
        check_event("x", x, (self.m,))
        z, log_det = self.transform.f(x, *self._given(context, x.shape[:-1], x))
        z, log_det = at_least_float32(z), at_least_float32(log_det)
        log_p = log_prob_of_base(self.base, z) + log_det
        ends = value_range(log_p.detach())
        if ends and math.isfinite(ends[0]) and math.isfinite(ends[1]):
            return log_p                                                    # then x was finite, too
        ends = value_range(x)
        if ends and not ends[0] <= ends[1]:
            raise ValueError("x must hold numbers, got NaN among them")
        finite = x.isfinite().all(-1)                                       # at infinity a density is 0
        z = torch.where(finite.unsqueeze(-1), z, 0)
        return torch.where(finite, log_prob_of_base(self.base, z) + log_det, -math.inf)

    @torch.no_grad()
    def sample(
        self,
        n: int | Sequence[int] = 1,
        context: Tensor | None = None,
        *,
        temperature: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """n draws of x, (n, m). Costs one g; keeps nothing for gradients.

        Parameters
        ----------
        n
            How many, or a shape as `torch.distributions` takes it.
        context
            (c,) for all draws, or (n, c), one for each.
        temperature
            z is multiplied by it: below 1 the draws keep to the middle of the base. Not the distribution p(x)^(1 / T).
        generator
            Where z is drawn from, for a base whose `sample` takes one; the global one if not given.
        """
        heat = check_positive("temperature", temperature)
        extra = {} if generator is None else {"generator": generator}
        z = self.base.sample(torch.Size(sample_shape(n)), **extra)
        z = z if heat == 1 else heat * z
        return self.transform.g(z, *self._given(context, z.shape[:-1], z))[0]

    def rsample(self, n: int | Sequence[int] = 1, context: Tensor | None = None) -> Tensor:
        """n draws of x, differentiable in theta."""
        return self.rsample_with_log_prob(n, context)[0]

    def rsample_with_log_prob(
        self, n: int | Sequence[int] = 1, context: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """x = g(z) and log p(x | theta) = log p(z) - log|det dx/dz|, both differentiable in theta.

        Costs one g and never evaluates f: all that the reverse KL needs.
        """
        draw = getattr(self.base, "rsample", None)
        if draw is None:
            raise ValueError(f"the base {type(self.base).__name__} has no rsample, so nothing can be differentiated "
                             "through its draws; StandardNormal has")
        z = draw(torch.Size(sample_shape(n)))
        x, log_det = self.transform.g(z, *self._given(context, z.shape[:-1], z))
        return x, self.base.log_prob(at_least_float32(z)) - at_least_float32(log_det)

    @property
    def context_size(self) -> int:
        """The length of a context vector; 0 for none."""
        return self.transform.context_size

    def extra_repr(self) -> str:
        law = "" if isinstance(self.base, nn.Module) else f", base={self.base!r}"
        return f"m={self.m}{law}"

    def _given(self, context: Tensor | None, batch: Sequence[int], like: Tensor) -> tuple[Tensor | None, ...]:
        context = check_context(context, batch, self.transform.context_size, like)
        return given(self.transform, context)


def log_prob_of_base(base: Base, z: Tensor) -> Tensor:
    """log p(z), and -inf where a `torch.distributions.Distribution` raises an error, outside its support."""
    if not isinstance(base, Distribution):
        return base.log_prob(z)
    try:
        support: Any = base.support
        inside, inner = support.check(z), base.mean
    except NotImplementedError:
        return base.log_prob(z)
    at = inside.reshape(*z.shape[:-1], -1).all(-1)
    log_p = base.log_prob(torch.where(at.unsqueeze(-1), z, inner.to(z)))
    return torch.where(at, log_p, -math.inf)

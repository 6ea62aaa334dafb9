"""A density from a base and a transform, by the change of variables."""

import math
from typing import Protocol

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int
from gdm_lib.flows.transform import Transform, given


class Base(Protocol):
    """What a flow asks of the law of z; a `torch.distributions.Distribution` over vectors has it."""

    def log_prob(self, value: Tensor) -> Tensor: ...

    def sample(self, sample_shape: torch.Size) -> Tensor: ...

    def rsample(self, sample_shape: torch.Size) -> Tensor: ...


class StandardNormal(nn.Module):
    """N(0, I) on R^m: log p(z) = -|z|^2 / 2 - (m / 2) log 2 pi. It moves with the flow's device and dtype."""

    origin: Tensor

    def __init__(self, m: int) -> None:
        super().__init__()
        self.register_buffer("origin", torch.zeros(check_int("m", m)), persistent=False)

    def log_prob(self, z: Tensor) -> Tensor:
        """(*, m) -> (*,), nats."""
        return -0.5 * z.square().sum(-1) - 0.5 * z.shape[-1] * math.log(2 * math.pi)

    def sample(self, sample_shape: torch.Size) -> Tensor:
        """(*sample_shape, m)."""
        return torch.randn(*sample_shape, *self.origin.shape, dtype=self.origin.dtype, device=self.origin.device)

    rsample = sample


class NormalizingFlow(nn.Module):
    """log p(x | theta) = log p(f(x)) + log|det dz/dx|, with z = f(x) and p(z) the base.

    Parameters
    ----------
    base
        The law of z: `StandardNormal(m)`, or a `torch.distributions.Distribution` over vectors.
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
    >>> from gdm_lib.flows import Triangular
    >>> flow = NormalizingFlow(StandardNormal(2), Triangular(2))
    >>> flow.log_prob(flow.sample(5)).shape
    torch.Size([5])
    """

    def __init__(self, base: Base, transform: Transform) -> None:
        super().__init__()
        with torch.random.fork_rng():                                       # building a flow draws nothing for others
            z = base.sample(torch.Size([1]))
        if transform.m is not None and z.shape[1:] != (transform.m,):
            raise ValueError(f"base must draw points of shape ({transform.m},), got {tuple(z.shape[1:])}")
        if base.log_prob(z).shape != (1,):
            raise ValueError("base must give one log_prob a point; torch.distributions.Independent(base, 1) does")
        self.base, self.transform = base, transform
        self.m = z.shape[-1]

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x | theta) in nats: (*, m) -> (*,). Costs one f."""
        z, log_det = self.transform.f(x, *self._given(context))
        return self.base.log_prob(z) + log_det

    @torch.no_grad()
    def sample(self, n: int, context: Tensor | None = None) -> Tensor:
        """n draws of x, (n, m). Costs one g; keeps nothing for gradients. A context is (c,) or (n, c)."""
        z = self.base.sample(torch.Size([check_int("n", n, least=0)]))
        return self.transform.g(z, *self._given(context))[0]

    def rsample_with_log_prob(self, n: int, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """x = g(z) and log p(x | theta) = log p(z) - log|det dx/dz|, both differentiable in theta.

        Costs one g and never evaluates f: all that the reverse KL needs.
        """
        z = self.base.rsample(torch.Size([check_int("n", n, least=0)]))
        x, log_det = self.transform.g(z, *self._given(context))
        return x, self.base.log_prob(z) - log_det

    def _given(self, context: Tensor | None) -> tuple[Tensor | None, ...]:
        if context is not None and not self.transform.context_size:
            raise ValueError("this flow takes no context; make its transforms with context_size=c")
        return given(self.transform, context)

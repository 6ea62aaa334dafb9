"""What every autoregressive model shares: the product of conditionals, and drawing value by value."""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_event, check_int
from gdm_lib.autoregressive.conditionals import Conditional
from gdm_lib.autoregressive.context import check_context


class AutoregressiveModel(nn.Module):
    """p(x | theta) = prod_j p(x_j | x_{1:j-1}, theta), with x_1, ..., x_m in the order of `places`.

    A model is a network `forward` that maps embedded values (B, *shape) to the parameters of every
    conditional at once, (B, *shape, P), where those of x_j must not depend on x_j or on what follows.
    `check.causality` proves it.

    Parameters
    ----------
    shape
        The shape of one x, for instance (m,) or (C, H, W).
    law
        The law of one value given the past, such as `Categorical(17)`.
    context_size
        The length of a context vector, for p(x | context); 0 for none. `context.one_hot` makes one of labels.
    """

    def __init__(self, shape: Sequence[int], law: Conditional, context_size: int = 0) -> None:
        super().__init__()
        self.context_size = check_int("context_size", context_size, least=0)
        self.shape = tuple(check_int("each entry of shape", size) for size in shape)
        self.law = law
        self.m = math.prod(self.shape)

    def forward(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        """Embedded values (B, *shape) to the parameters of all conditionals (B, *shape, P)."""
        raise NotImplementedError

    def places(self) -> Iterator[tuple[int, ...]]:
        """The index of x_1, x_2, ..., x_m, in order."""
        return product(*map(range, self.shape))

    @property
    def dtype(self) -> torch.dtype:
        return next(self.parameters()).dtype

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def _uniform_dtype(self) -> torch.dtype:
        """float64, also for a model in float32: 2^24 uniforms are too few for the tails of a law."""
        return torch.float32 if self.device.type == "mps" else torch.float64

    def _blank(self, n: int) -> Tensor:
        """n points of zeros to be filled in, (n, *shape)."""
        return torch.zeros(n, *self.shape, dtype=self.law.dtype or self.dtype, device=self.device)

    def conditional(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """The parameters of p(x_j | x_{1:j-1}) for all j in one pass: (B, *shape) -> (B, *shape, P)."""
        check_event("x", x, self.shape)
        self.law.check(x)
        return self(self.law.embed(x, self.dtype), check_context(context, len(x), self.context_size))

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x | theta) in nats: (B, *shape) -> (B,). One pass of the network.

        Raises
        ------
        ValueError
            If x has another shape, or values that the law does not know.
        """
        return self.law.log_prob(self.conditional(x, context), x).flatten(1).sum(1)

    @torch.no_grad()
    def sample(
        self,
        n: int,
        context: Tensor | None = None,
        *,
        method: Literal["incremental", "naive"] = "incremental",
        uniforms: Tensor | None = None,
    ) -> Tensor:
        """Draw n values of x, each x_j given those already drawn: (n, *shape).

        Parameters
        ----------
        n
            How many.
        context
            (n, context_size), for a model that has one.
        method
            ``"naive"`` runs the whole network m times and keeps one value of each pass, as the formula
            says. ``"incremental"`` computes only what the new value changes; from the same uniforms it
            draws the same x.
        uniforms
            One number in [0, 1) a value, (n, *shape), or two where the law is a mixture, (n, *shape, 2); drawn if
            not given.

        Raises
        ------
        ValueError
            If n is negative, the method unknown, or the uniforms of another shape.
        """
        check_int("n", n, least=0)
        event = self.shape if self.law.draws == 1 else (*self.shape, self.law.draws)
        if uniforms is None:
            uniforms = torch.rand(n, *event, dtype=self._uniform_dtype(), device=self.device)
        if len(check_event("uniforms", uniforms, event)) != n:
            raise ValueError(f"uniforms must have shape {(n, *event)}, got {tuple(uniforms.shape)}")
        context = check_context(context, n, self.context_size)
        if method == "naive":
            return self._sample_naive(uniforms, context)
        if method == "incremental":
            return self._sample_incremental(uniforms, context)
        raise ValueError(f'method must be "incremental" or "naive", got {method!r}')

    def _sample_naive(self, uniforms: Tensor, context: Tensor | None) -> Tensor:
        x = self._blank(len(uniforms))
        for place in self.places():
            at: tuple[slice | int, ...] = (slice(None), *place)
            params = self(self.law.embed(x, self.dtype), context)[at]       # (n, P)
            x[at] = self.law.sample(params, uniforms[at])
        return x

    def _sample_incremental(self, uniforms: Tensor, context: Tensor | None) -> Tensor:
        """What a model overrides that can draw faster."""
        return self._sample_naive(uniforms, context)

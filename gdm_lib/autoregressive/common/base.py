"""The base class of every autoregressive model: the product of conditionals, and drawing value by value."""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal

import torch
from torch import Tensor

from gdm_lib._devices import at_least_float32, without_autocast
from gdm_lib._shapes import check_context, check_event, check_int, check_ints, check_positive, sample_shape
from gdm_lib.autoregressive.common.drawing import Drawing, check_known
from gdm_lib.autoregressive.laws.conditionals import Conditional, check_law
from gdm_lib.nn import Model


class AutoregressiveModel(Model):
    """p(x | theta) = prod_j p(x_j | x_{1:j-1}, theta), with x_1, ..., x_m in the order of `places`.

    A model is a `network` that maps embedded values (B, *shape) to the parameters of every conditional at once,
    (B, *shape, P), where those of x_j must not depend on x_j or on what follows. `check.causality` proves it.
    Calling the model is `log_prob`, so that DataParallel and `torch.func.functional_call` find it.

    Parameters
    ----------
    shape
        The shape of one x, for instance (m,) or (C, H, W).
    law
        The distribution of one value given the past, such as `Categorical(17)`.
    context_size
        The length of a context vector, for p(x | context); 0 for none. `one_hot` makes one of labels.

    Notes
    -----
    float32 and float64. Under `torch.autocast` the network runs in half precision; the distributions, and the sum
    over the m values, stay in float32.
    """

    def __init__(self, shape: Sequence[int], law: Conditional, context_size: int = 0) -> None:
        super().__init__()
        self.context_size = check_int("context_size", context_size, least=0)
        self.shape = check_ints("shape", shape)
        self.law = check_law(law)
        self.m = math.prod(self.shape)

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        """Embedded values (B, *shape) to the parameters of all conditionals (B, *shape, P)."""
        raise NotImplementedError

    def places(self) -> Iterator[tuple[int, ...]]:
        """The index of x_1, x_2, ..., x_m, in order."""
        return product(*map(range, self.shape))

    @property
    def dtype(self) -> torch.dtype:
        """Of the parameters."""
        return next(self.parameters()).dtype

    @property
    def device(self) -> torch.device:
        """Of the parameters."""
        return next(self.parameters()).device

    def conditional(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """The parameters of p(x_j | x_{1:j-1}) for all j in one pass: (*, *shape) -> (*, *shape, P)."""
        check_event("x", x, self.shape)
        self.law.check(x)
        batch = x.shape[: x.ndim - len(self.shape)]
        like = next(self.parameters())
        context = check_context(context, batch, self.context_size, like)
        flat = None if context is None else context.reshape(-1, self.context_size)
        params = self.network(self.law.embed(x.reshape(-1, *self.shape), like.dtype), flat)
        return params.reshape(*x.shape, self.law.params)

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x | theta) in nats: (*, *shape) -> (*,). One pass of the network.

        Parameters
        ----------
        x
            Points, of any integer dtype or bool for a distribution of levels, of the model's dtype for a density.
        context
            (context_size,) for all points or (*, context_size), one for each, for a model that has one.

        Raises
        ------
        ValueError
            If x has another shape, or values that the distribution does not accept.
        """
        params = self.conditional(x, context)
        log_probs = self.law.log_prob(at_least_float32(params), x)
        return log_probs.flatten(x.ndim - len(self.shape)).sum(-1)

    @torch.no_grad()
    def sample(
        self,
        n: int | Sequence[int] = 1,
        context: Tensor | None = None,
        *,
        method: Literal["incremental", "naive"] = "incremental",
        temperature: float = 1.0,
        given: Tensor | None = None,
        mask: Tensor | None = None,
        uniforms: Tensor | None = None,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Draw n values of x, each x_j given those already drawn: (n, *shape).

        Parameters
        ----------
        n
            How many, or a shape as `torch.distributions` takes it.
        context
            (context_size,) for all, or (n, context_size), one for each, for a model that has one.
        method
            ``"naive"`` runs the whole network m times and keeps one value of each pass, as the formula
            says. ``"incremental"`` computes only what the new value changes; from the same uniforms it
            draws the same x.
        temperature
            T: below 1 each conditional is sharpened, above 1 flattened. Logits are divided by it; in a mixture the
            scales of Gaussians are multiplied by sqrt(T), those of logistics by T.
        given
            A half-seen x to complete, (*shape) or (n, *shape). What `mask` does not keep of it is drawn in order, each
            value given all before it.
        mask
            Boolean, (*shape): True where the value of `given` is kept.
        uniforms
            One number in [0, 1) a value, (n, *shape), or two where the distribution is a mixture, (n, *shape, 2);
            drawn if not given.
        generator
            Where they are drawn from; the global one if not given.

        Raises
        ------
        ValueError
            If n is negative, the method unknown, or anything of another shape.
        """
        if method not in ("incremental", "naive"):
            raise ValueError(f'method must be "incremental" or "naive", got {method!r}')
        draws = sample_shape(n)
        event = self.shape if self.law.draws == 1 else (*self.shape, self.law.draws)
        if uniforms is None:
            uniforms = torch.rand(
                *draws, *event, dtype=self._uniform_dtype(), device=self.device, generator=generator)
        if check_event("uniforms", uniforms, event).shape != (*draws, *event):
            raise ValueError(f"uniforms must have shape {(*draws, *event)}, got {tuple(uniforms.shape)}")
        context = check_context(context, draws, self.context_size, next(self.parameters()))
        flat = None if context is None else context.reshape(-1, self.context_size)
        known = check_known(self.law, given, mask, self.shape, draws)
        blank, heat = self._blank(math.prod(draws)), check_positive("temperature", temperature)
        drawing = Drawing(self.law, blank, uniforms.reshape(-1, *event), heat, *known)
        with without_autocast(self.device):
            if method == "naive":
                self._sample_naive(drawing, flat)
            else:
                self._sample_incremental(drawing, flat)
        return drawing.x.reshape(*draws, *self.shape)

    def extra_repr(self) -> str:
        context = f", context_size={self.context_size}" if self.context_size else ""
        return f"shape={self.shape}, law={self.law!r}{context}"

    def _sample_naive(self, drawing: Drawing, context: Tensor | None) -> None:
        for place in self.places():
            params = self.network(self.law.embed(drawing.x, self.dtype), context)
            here: tuple[int | slice, ...] = (slice(None), *place)
            drawing.at(place, params[here])                                 # (n, P)

    def _sample_incremental(self, drawing: Drawing, context: Tensor | None) -> None:
        """Draw like `_sample_naive`; a model that can draw faster overrides this."""
        self._sample_naive(drawing, context)

    def _uniform_dtype(self) -> torch.dtype:
        """float64, also for a model in float32: 2^24 uniforms are too few for the tails of a distribution."""
        return torch.float32 if self.device.type == "mps" else torch.float64

    def _blank(self, n: int) -> Tensor:
        """n points of zeros to be filled in, (n, *shape)."""
        return torch.zeros(n, *self.shape, dtype=self.law.dtype or self.dtype, device=self.device)

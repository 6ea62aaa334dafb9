"""The law of one value given those before it: p(x_j | x_{1:j-1}, theta).

A network gives the parameters, a conditional gives them meaning. Draws are made of uniform numbers, so that
two samplers fed the same uniforms can be held equal. The continuous laws and mixtures are in `mixtures`.
"""

from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from gdm_lib._shapes import check_int


class Conditional(Protocol):
    """What an autoregressive model asks of the law of one value.

    `params` is the number P of parameters a value. Methods take parameters of shape (*, P) and values or
    uniforms of shape (*,), and work elementwise over the leading dimensions.
    """

    params: int
    draws: int
    """How many uniforms one value is made of: 1, or 2 if a component is chosen first."""
    dtype: torch.dtype | None
    """Of the values: ``torch.long`` for a discrete law, None (that of the parameters) for a continuous one."""

    def check(self, x: Tensor) -> None:
        """Raise a ValueError if `x` is not a value of this law."""

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """Values as floats of order one, what the network reads."""

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        """log p(x | params) in nats, shape (*,)."""

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        """A draw made of u, uniform on [0, 1), of shape (*,) or, for a law of 2 draws, (*, 2): shape (*,)."""


def check_levels(x: Tensor, levels: int) -> None:
    """Raise a ValueError unless x holds whole numbers 0..levels - 1."""
    if x.is_floating_point() or x.is_complex():
        raise ValueError(f"x must hold whole numbers 0..{levels - 1} in an integer dtype, got {x.dtype}")
    if x.numel() and (x.min() < 0 or x.max() >= levels):
        raise ValueError(f"x must lie in 0..{levels - 1}, got values from {int(x.min())} to {int(x.max())}")


def embed_levels(x: Tensor, levels: int, dtype: torch.dtype) -> Tensor:
    """{0, ..., levels - 1} evenly onto [-1, 1]."""
    return 2 * x.to(dtype) / (levels - 1) - 1


class Bernoulli:
    """P(x = 1) = sigmoid(a): one logit a value; x in {0, 1}."""

    params = 1
    draws = 1
    dtype = torch.long
    levels = 2

    def check(self, x: Tensor) -> None:
        check_levels(x, 2)

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        return embed_levels(x, 2, dtype)

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        # log sigmoid(a) and log sigmoid(-a), neither of which overflows
        logit = params.squeeze(-1)
        return F.logsigmoid(torch.where(x.bool(), logit, -logit))

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        return (u >= torch.sigmoid(-params.squeeze(-1))).long()


class Categorical:
    """P(x = l) = softmax(a)_l: `levels` logits a value; x in {0, ..., levels - 1}."""

    draws = 1
    dtype = torch.long

    def __init__(self, levels: int) -> None:
        self.levels = self.params = check_int("levels", levels, least=2)

    def check(self, x: Tensor) -> None:
        check_levels(x, self.levels)

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        return embed_levels(x, self.levels, dtype)

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        return params.log_softmax(-1).gather(-1, x.long().unsqueeze(-1)).squeeze(-1)

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        return pick(params.softmax(-1), u)


def pick(weights: Tensor, u: Tensor) -> Tensor:
    """The k whose stretch of [0, 1) holds u, the stretches as long as the weights: (*, K), (*,) -> (*,)."""
    ends = weights.cumsum(-1)
    ends = ends / ends[..., -1:]            # in floats the sum may end below 1, and u beyond it would take the last k
    return (ends[..., :-1] <= u.unsqueeze(-1)).sum(-1)

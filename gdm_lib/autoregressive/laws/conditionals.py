"""The distribution of one value given those before it: p(x_j | x_{1:j-1}, theta).

A network gives the parameters, a conditional gives them meaning. Draws are made of uniform numbers, so that
two samplers fed the same uniforms can be held equal. The continuous distributions and mixtures are in `mixtures`.
"""

from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from gdm_lib._shapes import check_int, check_method, described, value_range


class Conditional(Protocol):
    """The interface that an autoregressive model requires of the distribution of one value.

    `params` is the number P of parameters a value. Methods take parameters of shape (*, P) and values or
    uniforms of shape (*,), and work elementwise over the leading dimensions.
    """

    params: int
    draws: int
    """How many uniforms one value is made of: 1, or 2 if a component is chosen first."""
    dtype: torch.dtype | None
    """Of the values: ``torch.long`` for a discrete law, None (that of the parameters) for a continuous one."""

    def check(self, x: Tensor) -> None:
        """Raise a ValueError if `x` is not a value of this distribution."""

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        """Values as floats of order one, the input of the network."""

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        """log p(x | params) in nats, shape (*,); -inf where x is no value of this distribution."""

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        """A draw made of u, uniform on [0, 1), of shape (*,) or, for a distribution of 2 draws, (*, 2): shape (*,)."""

    def tempered(self, params: Tensor, temperature: float) -> Tensor:
        """The parameters of p(x)^(1 / temperature), normalized: below 1 sharper, above 1 flatter.

        Of a mixture the weights and each component are treated so, which is not the power of the whole; a logistic
        component keeps its form, and has the tails of its power.
        """


def check_law(law: Any) -> Any:
    """Return `law` if it is the distribution of one value."""
    check_method("law", law, "embed", "Bernoulli() or Categorical(17)")
    return law


def check_levels(x: Tensor, levels: int) -> None:
    """Raise a ValueError unless x holds whole numbers 0..levels - 1, in any integer dtype or bool."""
    if not isinstance(x, Tensor) or x.is_floating_point() or x.is_complex():
        came = x.dtype if isinstance(x, Tensor) else described(x)
        raise ValueError(f"x must hold whole numbers 0..{levels - 1} in an integer dtype, got {came}")
    ends = value_range(x.long())            # of uint8, say, 256 would be 0
    if ends and not 0 <= ends[0] <= ends[1] < levels:
        raise ValueError(f"x must lie in 0..{levels - 1}, got values from {ends[0]} to {ends[1]}")


def embed_levels(x: Tensor, levels: int, dtype: torch.dtype) -> Tensor:
    """{0, ..., levels - 1} evenly onto [-1, 1]."""
    return 2 * x.to(dtype) / (levels - 1) - 1


def off_support(log_prob: Tensor, x: Tensor, levels: int) -> Tensor:
    """`log_prob`, and -inf where x is none of the levels."""
    return log_prob.masked_fill((x < 0) | (x >= levels), -torch.inf)


def pick(weights: Tensor, u: Tensor) -> Tensor:
    """The k whose stretch of [0, 1) holds u, the stretches as long as the weights: (*, K), (*,) -> (*,)."""
    ends = weights.cumsum(-1)
    ends = ends / ends[..., -1:]            # in floats the sum may end below 1, and u beyond it would take the last k
    return (ends[..., :-1] <= u.unsqueeze(-1)).sum(-1)


class Bernoulli:
    """P(x = 1) = sigmoid(a): one logit a value; x in {0, 1}."""

    params = 1
    draws = 1
    dtype = torch.long
    levels = 2

    def __repr__(self) -> str:
        return "Bernoulli()"

    def check(self, x: Tensor) -> None:
        check_levels(x, 2)

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        return embed_levels(x, 2, dtype)

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        # log sigmoid(a) and log sigmoid(-a), neither of which overflows
        x, logit = x.long(), params.squeeze(-1)
        return off_support(F.logsigmoid(torch.where(x == 1, logit, -logit)), x, 2)

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        return (u >= torch.sigmoid(-params.squeeze(-1))).long()

    def tempered(self, params: Tensor, temperature: float) -> Tensor:
        return params / temperature


class Categorical:
    """P(x = l) = softmax(a)_l: `levels` logits a value; x in {0, ..., levels - 1}."""

    draws = 1
    dtype = torch.long

    def __init__(self, levels: int) -> None:
        self.levels = self.params = check_int("levels", levels, least=2)

    def __repr__(self) -> str:
        return f"Categorical({self.levels})"

    def check(self, x: Tensor) -> None:
        check_levels(x, self.levels)

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        return embed_levels(x, self.levels, dtype)

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        x = x.long()
        index = x.clamp(0, self.levels - 1).unsqueeze(-1)                   # (*, 1)
        return off_support(params.log_softmax(-1).gather(-1, index).squeeze(-1), x, self.levels)

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        return pick(params.softmax(-1), u)

    def tempered(self, params: Tensor, temperature: float) -> Tensor:
        return params / temperature

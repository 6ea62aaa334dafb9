"""Discrete data in a continuous density: uniform noise fills the gaps between the levels."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_event, check_int, check_method, value_range
from gdm_lib.flows.common.normalizing_flow import NormalizingFlow
from gdm_lib.flows.common.transform import Transform

EDGE = 1e-6
"""`Logit` shrinks [0, 1] to [EDGE, 1 - EDGE], whose ends it can map to finite numbers."""


class Logit(Transform):
    """z = log(v / (1 - v)), v = e + (1 - 2 e) x with e = 1e-6: from the cube [0, 1]^m to noise on R^m.

    log|det dz/dx| = sum_j [log(1 - 2 e) - log v_j - log(1 - v_j)]. Both directions cost O(m) a point.
    A flow that starts with it puts no mass outside the cube beyond its edge of e: there the log-det is -inf.
    """

    def f(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.check("x", x)
        v, rest = EDGE + (1 - 2 * EDGE) * x, EDGE + (1 - 2 * EDGE) * (1 - x)        # 1 - v itself would lose EDGE
        least = torch.finfo(x.dtype).eps
        inside = ((v > -least) & (rest > -least)).all(-1)                   # what g draws is inside, also when rounded
        log_v, log_rest = v.clamp(min=least / 4).log(), rest.clamp(min=least / 4).log()
        log_slope = (math.log1p(-2 * EDGE) - log_v - log_rest).sum(-1)
        z = torch.where(inside.unsqueeze(-1), log_v - log_rest, 0)
        return z, torch.where(inside, log_slope, -math.inf)

    def g(self, z: Tensor) -> tuple[Tensor, Tensor]:
        self.check("z", z)
        log_slope = nn.functional.logsigmoid(z) + nn.functional.logsigmoid(-z) - math.log1p(-2 * EDGE)
        return (z.sigmoid() - EDGE) / (1 - 2 * EDGE), log_slope.sum(-1)


class Dequantized(nn.Module):
    """A distribution of discrete x from a flow over y = (x + u) / K, u uniform on [0, 1)^m.

    A density has no upper bound at single points: fitted to the levels themselves, a flow would put
    needles on them. With noise, by Jensen's inequality,

        log P(x) = log E_u[p(y)] - m log K  >=  E_u[log p(y)] - m log K,    y = (x + u) / K,

    so what is maximized is a lower bound of a true discrete log-likelihood.

    Parameters
    ----------
    flow
        A density over [0, 1]^m; let its first transform be `Logit`, so that no mass lies outside.
    levels
        K: x holds the integers 0, ..., K - 1.

    References
    ----------
    Uria, Murray & Larochelle (2013), RNADE; Theis, van den Oord & Bethge (2016), A Note on the Evaluation
    of Generative Models.
    """

    def __init__(self, flow: NormalizingFlow, levels: int) -> None:
        super().__init__()
        check_method("flow", flow, "log_prob", "NormalizingFlow(StandardNormal(2), Logit())")
        self.flow, self.levels = flow, check_int("levels", levels, least=2)

    def log_prob(self, x: Tensor, context: Tensor | None = None, *, samples: int = 1) -> Tensor:
        """A stochastic lower bound of log P(x), nats: (*, m) -> (*,).

        In the mean it is at most log P(x). It is log of the mean of p(y) over `samples` draws of u: in the mean it
        rises with their number, and tends to log P(x).

        Raises
        ------
        ValueError
            If x is not of an integer dtype or holds anything but 0, ..., K - 1.
        """
        check_event("x", x, (self.flow.m,))
        if x.is_floating_point() or x.is_complex():
            raise ValueError(f"x must hold integers 0..{self.levels - 1} in an integer dtype, got {x.dtype}")
        x = x.long()
        ends = value_range(x)
        if ends and not 0 <= ends[0] <= ends[1] < self.levels:
            raise ValueError(f"x must hold integers 0..{self.levels - 1}, got values from {ends[0]} to {ends[1]}")
        weight = next(self.flow.parameters(), torch.empty(0))
        u = torch.rand(check_int("samples", samples), *x.shape, dtype=weight.dtype, device=x.device)
        bound = self.flow.log_prob((x + u) / self.levels, context).logsumexp(0) - math.log(samples)
        return bound - x.shape[-1] * math.log(self.levels)

    def forward(self, x: Tensor, context: Tensor | None = None, *, samples: int = 1) -> Tensor:
        """`log_prob`."""
        return self.log_prob(x, context, samples=samples)

    def sample(self, n: int | Sequence[int] = 1, context: Tensor | None = None, **options: Any) -> Tensor:
        """n draws of x, (n, m) integers: the level whose cell y falls in; outside the cube, the nearest.

        `options` are those of the flow's `sample`.
        """
        return (self.flow.sample(n, context, **options) * self.levels).floor().long().clamp(0, self.levels - 1)

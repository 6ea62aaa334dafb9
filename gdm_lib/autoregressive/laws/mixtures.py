"""Mixtures as conditionals: of Gaussians for real values, of discretized logistics for ordered levels.

Both have 3 K - 1 parameters a value: the logits of all weights but the first, whose logit is 0, then K means
and K logarithms of scales.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from gdm_lib._shapes import check_int, described, value_range
from gdm_lib.autoregressive.laws.conditionals import check_levels, embed_levels, off_support, pick

LOG_SCALES = (-7.0, 15.0)
"""Scales are kept between: a component that shrinks onto one training value would gain without bound, and the mass
that a very wide one gives to a level cannot be told from zero."""


def _split(params: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(*, 3 K - 1) -> log-weights, means, log-scales, (*, K) each."""
    k = (params.shape[-1] + 1) // 3
    logits, means, log_scales = params.split([k - 1, k, k], -1)
    return F.pad(logits, (1, 0)).log_softmax(-1), means, log_scales.clamp(*LOG_SCALES)


def _draw(params: Tensor, u: Tensor, quantile: Callable[[Tensor], Tensor]) -> Tensor:
    """mean + scale quantile(u_2) of the component that u_1 chooses: (*, 3 K - 1), (*, 2) -> (*,).

    One uniform for both would leave a component of weight w only w 2^24 different values in float32.
    """
    log_weights, means, log_scales = _split(params)
    k = pick(log_weights.exp(), u[..., 0]).unsqueeze(-1)                    # (*, 1)
    mean, log_scale = means.gather(-1, k).squeeze(-1), log_scales.gather(-1, k).squeeze(-1)
    half_step = torch.finfo(u.dtype).eps / 4                                # uniforms are multiples of eps / 2
    inside = u[..., 1].clamp(min=half_step)
    return mean + log_scale.exp() * quantile(inside).to(params.dtype)


def _tempered(params: Tensor, temperature: float, wider: float) -> Tensor:
    """Each weight to the power 1 / temperature, and each component so too: its log-scale grows by `wider`."""
    k = (params.shape[-1] + 1) // 3
    logits, means, log_scales = params.split([k - 1, k, k], -1)
    return torch.cat((logits / temperature, means, log_scales.clamp(*LOG_SCALES) + wider), -1)


class GaussianMixture:
    """p(x) = sum_k w_k N(x | mu_k, s_k^2), x real; K = 1 is a Gaussian conditional.

    Its log_prob is the logarithm of a density: it may be positive, and it cannot be compared with that of
    a distribution of levels. Scales s_k are kept between exp(-7) and exp(15).
    """

    draws = 2
    dtype = None

    def __init__(self, components: int = 1) -> None:
        self.params = 3 * check_int("components", components) - 1

    def __repr__(self) -> str:
        return f"GaussianMixture({(self.params + 1) // 3})"

    def check(self, x: Tensor) -> None:
        if not isinstance(x, Tensor) or not x.is_floating_point():
            came = x.dtype if isinstance(x, Tensor) else described(x)
            raise ValueError(f"x must hold real numbers in a floating dtype, got {came}")
        ends = value_range(x)
        if ends and not all(map(math.isfinite, ends)):
            raise ValueError(f"x must hold finite numbers, got values from {ends[0]} to {ends[1]}")

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        return x.to(dtype)

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        log_weights, means, log_scales = _split(params)
        standard = (x.unsqueeze(-1) - means) * torch.exp(-log_scales)       # (*, K)
        log_normal = -(standard**2) / 2 - log_scales - math.log(2 * math.pi) / 2
        return torch.logsumexp(log_weights + log_normal, -1)

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        return _draw(params, u, torch.special.ndtri)

    def tempered(self, params: Tensor, temperature: float) -> Tensor:
        return _tempered(params, temperature, math.log(temperature) / 2)    # a variance that grows with it


class DiscretizedLogisticMixture:
    """P(x) = sum_k w_k [F((e(x) + h - mu_k) / s_k) - F((e(x) - h - mu_k) / s_k)], F the logistic function.

    x in {0, ..., levels - 1}; the first and the last level take the tails. e(x) = 2 x / (levels - 1) - 1 is `embed`,
    which sets the levels evenly on [-1, 1], and h = 1 / (levels - 1) half the distance of two of them: means and
    scales are in these units. Scales are kept between exp(-7) and exp(15). Unlike `Categorical` it treats
    neighboring levels as alike, and its parameters do not grow with their number.

    References
    ----------
    Salimans, Karpathy, Chen & Kingma (2017), PixelCNN++.
    """

    draws = 2
    dtype = torch.long

    def __init__(self, levels: int, components: int = 5) -> None:
        self.levels = check_int("levels", levels, least=2)
        self.params = 3 * check_int("components", components) - 1

    def __repr__(self) -> str:
        return f"DiscretizedLogisticMixture({self.levels}, {(self.params + 1) // 3})"

    def check(self, x: Tensor) -> None:
        check_levels(x, self.levels)

    def embed(self, x: Tensor, dtype: torch.dtype) -> Tensor:
        return embed_levels(x, self.levels, dtype)

    def log_prob(self, params: Tensor, x: Tensor) -> Tensor:
        log_weights, means, log_scales = _split(params)
        x = x.long().unsqueeze(-1)                                          # (*, 1)
        centered = self.embed(x, params.dtype) - means                       # (*, K)
        half = 1 / (self.levels - 1)
        last, first = x == self.levels - 1, x == 0
        upper = ((centered + half) * torch.exp(-log_scales)).masked_fill(last, torch.inf)
        lower = ((centered - half) * torch.exp(-log_scales)).masked_fill(first, -torch.inf)
        # F(a) - F(b) = F(a) F(-b) (1 - e^(b - a)), where nothing cancels; b - a is -inf at both ends
        width = (2 * half * torch.exp(-log_scales)).masked_fill(last | first, torch.inf)
        log_mass = F.logsigmoid(upper) + F.logsigmoid(-lower) + torch.log(-torch.expm1(-width))
        return off_support(torch.logsumexp(log_weights + log_mass, -1), x.squeeze(-1), self.levels)

    def sample(self, params: Tensor, u: Tensor) -> Tensor:
        level = (_draw(params, u, torch.logit) + 1) / 2 * (self.levels - 1)
        return level.round().clamp(0, self.levels - 1).long()

    def tempered(self, params: Tensor, temperature: float) -> Tensor:
        return _tempered(params, temperature, math.log(temperature))        # the tails fall as exp(-|x| / scale)

"""Kullback-Leibler divergences: summed, in closed form, and by Monte Carlo with a standard error. In nats."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from gdm_lib._devices import at_least_float32
from gdm_lib._shapes import check_floating, check_int, check_method

_EXAMPLE = "moons() or a flow"                                           # of a distribution, in errors


class HasLogProb(Protocol):
    """log p(x), or an unnormalized log pi(x), in nats."""

    def log_prob(self, value: Tensor) -> Tensor: ...


class Law(Protocol):
    """A flow, a density of `gdm_lib.densities`, a `torch.distributions.Distribution`: drawn from and evaluated."""

    def log_prob(self, value: Tensor) -> Tensor: ...

    def sample(self, n: Any) -> Tensor: ...


@dataclass(frozen=True)
class Estimate:
    """The mean of n independent terms, with the standard error of that mean."""

    value: float
    standard_error: float
    n: int

    @classmethod
    def of(cls, terms: Tensor) -> "Estimate":
        """The estimate from the terms themselves, (n,); at least two, since one has no spread."""
        if terms.ndim != 1 or len(terms) < 2:
            raise ValueError(f"an estimate needs terms of shape (n,) with n >= 2, got {tuple(terms.shape)}")
        terms = terms.detach().double()
        return cls(terms.mean().item(), terms.std().item() / math.sqrt(len(terms)), len(terms))

    def __str__(self) -> str:
        return f"{self.value:.4f} +- {self.standard_error:.4f} nats"


def kl_divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) = sum_k p_k log(p_k / q_k) of two discrete distributions, in nats: (*, K), (*, K) -> (*,).

    A term with p_k = 0 is 0, whatever q_k is. If q_k = 0 where p_k > 0 the divergence is infinite. Of probabilities in
    half precision it is computed in float32.

    Parameters
    ----------
    p, q
        Probabilities, along the last dimension.

    Raises
    ------
    ValueError
        If the number of outcomes differs, or either is not a distribution: negative entries, a sum other than 1.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.divergences import kl_divergence
    >>> fair, loaded = torch.tensor([0.5, 0.5]), torch.tensor([1.0, 0.0])
    >>> kl_divergence(loaded, fair), kl_divergence(fair, loaded)
    (tensor(0.6931), tensor(inf))
    """
    check_floating("p", p)
    check_floating("q", q)
    if p.shape[-1:] != q.shape[-1:] or p.ndim == 0:
        raise ValueError(f"p and q must have the same outcomes, (*, K), got {tuple(p.shape)} and {tuple(q.shape)}")
    for name, law in (("p", p), ("q", q)):
        total = at_least_float32(law).sum(-1)
        rounding = max(1e-4, torch.finfo(law.dtype).eps)
        if not (law >= 0).all() or not torch.allclose(total, torch.ones_like(total), atol=rounding):
            raise ValueError(f"{name} must be at least 0 and sum to 1 along its last dimension")
    p, q = at_least_float32(p), at_least_float32(q)
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(-1)


def gaussian_kl(mean_p: Tensor, cov_p: Tensor, mean_q: Tensor, cov_q: Tensor) -> Tensor:
    """KL(N(mean_p, cov_p) || N(mean_q, cov_q)) in closed form, in nats: (*,).

    1/2 [tr(S_q^-1 S_p) + (mu_q - mu_p)^T S_q^-1 (mu_q - mu_p) - m + log det S_q - log det S_p].
    Cost: O(m^3), by Cholesky factors; O(m) if both covariances are diagonal. Half precision is computed in float32.

    Parameters
    ----------
    mean_p, mean_q
        (*, m).
    cov_p, cov_q
        Both covariance matrices, (*, m, m), or both the variances of a diagonal one, (*, m).

    Raises
    ------
    ValueError
        If the shapes do not fit together, or a covariance is not positive definite.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.divergences import gaussian_kl
    >>> zero, one = torch.zeros(1), torch.ones(1)
    >>> gaussian_kl(one, one, zero, one)
    tensor(0.5000)
    """
    for name, tensor in (("mean_p", mean_p), ("cov_p", cov_p), ("mean_q", mean_q), ("cov_q", cov_q)):
        check_floating(name, tensor)
    mean_p, cov_p, mean_q, cov_q = map(at_least_float32, (mean_p, cov_p, mean_q, cov_q))
    if mean_p.ndim == 0 or mean_p.shape[-1] != mean_q.shape[-1]:
        raise ValueError(f"mean_p and mean_q must both have shape (*, m), got {tuple(mean_p.shape)} and "
                         f"{tuple(mean_q.shape)}")
    m, shift = mean_p.shape[-1], mean_q - mean_p
    matrices = cov_p.shape[-2:] == cov_q.shape[-2:] == (m, m)
    means, variances = shift.shape, (cov_p.shape, cov_q.shape)
    if matrices and m > 1 and variances == (means, means):
        raise ValueError(f"cov_p and cov_q of shape {tuple(means)} could be one matrix each or the variances of {m} "
                         "means: pass cov[None] for a matrix, torch.diag_embed(cov) for variances")
    if variances == (means, means):                                         # for m = 1 a matrix is a variance
        if not (cov_p > 0).all() or not (cov_q > 0).all():
            raise ValueError("variances must be positive")
        return 0.5 * ((cov_p + shift.square()) / cov_q - 1 + torch.log(cov_q / cov_p)).sum(-1)
    if not cov_p.shape[-2:] == cov_q.shape[-2:] == (m, m):
        raise ValueError(f"covariances must both have shape (*, {m}, {m}), or both (*, {m}) for diagonal ones, "
                         f"got {tuple(cov_p.shape)} and {tuple(cov_q.shape)}")
    for name, cov in (("cov_p", cov_p), ("cov_q", cov_q)):
        if not torch.allclose(cov, cov.mT, rtol=1e-4, atol=1e-6 * cov.abs().max().item()):
            raise ValueError(f"{name} must be symmetric, as a covariance is")
    (root_p, bad_p), (root_q, bad_q) = torch.linalg.cholesky_ex(cov_p), torch.linalg.cholesky_ex(cov_q)
    if bad_p.any() or bad_q.any():
        raise ValueError("covariances must be positive definite")
    both = torch.cat((root_p, shift.unsqueeze(-1)), -1)                     # (*, m, m + 1)
    squares = torch.linalg.solve_triangular(root_q, both, upper=False).square().sum((-2, -1))
    log_ratio = (root_q.diagonal(dim1=-2, dim2=-1) / root_p.diagonal(dim1=-2, dim2=-1)).log().sum(-1)
    return 0.5 * (squares - m) + log_ratio


def forward_kl(target: Law, model: Law, n: int = 10_000) -> Estimate:
    """KL(pi || p) = E_{x ~ pi}[log pi(x) - log p(x)] from n draws of the target pi, in nats.

    Large where the model misses data: it must cover all of the target.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.divergences import forward_kl
    >>> _ = torch.manual_seed(0)
    >>> target = torch.distributions.Normal(1.0, 1.0)
    >>> model = torch.distributions.Normal(0.0, 1.0)
    >>> print(forward_kl(target, model))
    0.4893 +- 0.0100 nats
    """
    check_method("model", model, "log_prob", _EXAMPLE)
    check_method("target", target, "log_prob", _EXAMPLE)
    check_method("target, which is drawn from,", target, "sample", _EXAMPLE)
    return _monte_carlo(target, model, n)


def reverse_kl(model: Law, target: Law, n: int = 10_000) -> Estimate:
    """KL(p || pi) = E_{x ~ p}[log p(x) - log pi(x)] from n draws of the model p, in nats.

    The arguments come as in `losses.reverse_kl_loss`, and in the order of the formula.

    Large where the model draws what the target never does. If the target's log_prob lacks its log-constant
    log Z the estimate is KL(p || pi) - log Z.
    """
    check_method("model", model, "log_prob", _EXAMPLE)
    check_method("target", target, "log_prob", _EXAMPLE)
    check_method("model, which is drawn from,", model, "sample", _EXAMPLE)
    return _monte_carlo(model, target, n)


@torch.no_grad()
def _monte_carlo(p: Law, q: Law, n: int) -> Estimate:
    check_int("n", n, least=2)
    x = draw(p, n)
    return Estimate.of(p.log_prob(x) - q.log_prob(x))


def draw(law: Law, n: int) -> Tensor:
    """n draws of a distribution of this library, or of torch.distributions, which asks for a shape."""
    return law.sample(torch.Size([n]))

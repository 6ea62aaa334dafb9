"""The losses that training minimizes, and bits per dimension, the unit of likelihoods of images."""

import math
from collections.abc import Callable
from typing import Any, Protocol

from torch import Tensor

from gdm_lib._shapes import check_int, check_method, described
from gdm_lib.divergences import HasLogProb
from gdm_lib.flows.common.normalizing_flow import NormalizingFlow


class Density(Protocol):
    """Anything with log p(x) in nats: an autoregressive model or a normalizing flow."""

    def log_prob(self, x: Tensor, /, *args: Any, **kwargs: Any) -> Tensor: ...


def nll(model: Density, x: Tensor, *context: Tensor) -> Tensor:
    """The mean negative log-likelihood of a batch, -(1/B) sum_i log p(x_i | theta), in nats.

    Its expectation is KL(pi || p) + H(pi), and H(pi) does not depend on theta. So in expectation it has the
    minimizers of the forward KL, but it is not the forward KL.

    Parameters
    ----------
    model
        Has `log_prob(x) -> (B,)`.
    x
        A batch, (B, *shape).
    context
        The context of each sample, for a model that takes one.

    Returns
    -------
    Tensor
        A scalar.

    Raises
    ------
    ValueError
        If the batch is empty: it has no mean.
    """
    check_method("model", model, "log_prob", "MADE(6, Bernoulli())")
    if not isinstance(x, Tensor):
        raise ValueError(f"x must be a tensor, a batch of samples, got {described(x)}")
    if x.numel() == 0:
        raise ValueError("x must hold at least one sample, got an empty batch")
    return -model.log_prob(x, *context).mean()


def bits_per_dim(log_prob: Tensor, m: int) -> Tensor:
    """-log p(x) in nats, as bits per dimension, mean over the batch: -(1/B) sum_i log p(x_i) / (m log 2).

    Parameters
    ----------
    log_prob
        Log-likelihoods in nats of whole samples, (B,).
    m
        Dimensions of one sample: C H W for an image.

    Examples
    --------
    A fair coin costs one bit a toss:

    >>> import math
    >>> import torch
    >>> from gdm_lib.losses import bits_per_dim
    >>> bits_per_dim(torch.full((5,), 3 * math.log(1 / 2)), m=3)
    tensor(1.)
    """
    if not isinstance(log_prob, Tensor) or not log_prob.is_floating_point():
        raise ValueError(f"log_prob must be a tensor of log-likelihoods, (B,), got {described(log_prob)}")
    if log_prob.ndim != 1 or len(log_prob) == 0:
        raise ValueError(f"log_prob must have shape (B,) with B >= 1, got {tuple(log_prob.shape)}")
    m = check_int("m", m)
    return -log_prob.mean() / (m * math.log(2))


def forward_kl_loss(flow: NormalizingFlow, x: Tensor, *context: Tensor) -> Tensor:
    """-(1/B) sum_i [log p(f(x_i)) + log|det J_f(x_i)|], in nats: the forward KL up to a constant.

    KL(pi || p) = -H(pi) - E_pi log p(x | theta), and the entropy H(pi) does not depend on theta. So this
    is the `nll` of a flow. It needs f and the base's density; g is never computed.

    Parameters
    ----------
    flow
        The model p(x | theta).
    x
        A batch from the target pi, (B, m).
    context
        The context of each sample, for a flow that takes one.
    """
    return nll(flow, x, *context)


def reverse_kl_loss(
    flow: NormalizingFlow,
    target: Callable[[Tensor], Tensor] | HasLogProb,
    n: int,
    context: Tensor | None = None,
) -> Tensor:
    """(1/n) sum_i [log p(z_i) - log|det J_g(z_i)| - log pi(g(z_i))], z_i ~ p(z), in nats.

    The Monte Carlo estimate of KL(p || pi), for a target that can be evaluated but not sampled. z does not
    depend on theta, so the gradient passes through x = g(z) (the pathwise gradient): do not detach x.
    If pi is known up to its constant Z, the loss is KL(p || pi) - log Z, with the same gradient. It needs g;
    f is never computed.

    Parameters
    ----------
    flow
        The model p(x | theta).
    target
        Has `log_prob`, or is that function: log pi, normalized or not, (n, m) -> (n,), differentiable in x.
    n
        The number of draws.
    context
        The context of each draw, for a flow that takes one.

    Raises
    ------
    ValueError
        If n is below 1 or log pi is not one number a point.
    """
    check_method("flow", flow, "rsample_with_log_prob", "NormalizingFlow(StandardNormal(2), PLU(2))")
    log_prob = getattr(target, "log_prob", target)
    if not callable(log_prob):
        raise ValueError(f"target must have log_prob, or be that function, got {described(target)}")
    x, log_p = flow.rsample_with_log_prob(check_int("n", n), context)
    log_pi = log_prob(x)
    if log_pi.shape != log_p.shape:
        raise ValueError(f"target must map ({n}, {flow.m}) to ({n},), got {tuple(log_pi.shape)}")
    return (log_p - log_pi).mean()

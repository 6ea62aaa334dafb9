"""What training minimizes, and the unit in which likelihoods of images are told."""

import math
from typing import Protocol

from torch import Tensor


class Density(Protocol):
    """Anything with log p(x) in nats: an autoregressive model or a normalizing flow."""

    def log_prob(self, x: Tensor) -> Tensor: ...


def nll(model: Density, x: Tensor) -> Tensor:
    """The mean negative log-likelihood of a batch, -(1/B) sum_i log p(x_i | theta), in nats.

    It is the Monte Carlo estimate of KL(pi || p) less the constant -H(pi); so it has the same minimum as
    the forward KL, but it is not the forward KL.

    Parameters
    ----------
    model
        Has `log_prob(x) -> (B,)`.
    x
        A batch, (B, *shape).

    Returns
    -------
    Tensor
        A scalar.

    Raises
    ------
    ValueError
        If the batch is empty: it has no mean.
    """
    if len(x) == 0:
        raise ValueError("x must hold at least one sample, got an empty batch")
    return -model.log_prob(x).mean()


def bits_per_dim(log_prob: Tensor, m: int) -> Tensor:
    """-log p(x) in nats, as bits a dimension, mean over the batch: -(1/B) sum_i log p(x_i) / (m log 2).

    Parameters
    ----------
    log_prob
        Log-likelihoods in nats of whole samples, (B,).
    m
        Dimensions of one sample: C H W for an image.

    Examples
    --------
    A fair coin costs one bit a toss:

    >>> import torch
    >>> bits_per_dim(torch.full((5,), 3 * math.log(1 / 2)), m=3)
    tensor(1.)
    """
    if log_prob.ndim != 1 or len(log_prob) == 0:
        raise ValueError(f"log_prob must have shape (B,) with B >= 1, got {tuple(log_prob.shape)}")
    if m < 1:
        raise ValueError(f"m must be at least 1, got {m}")
    return -log_prob.mean() / (m * math.log(2))

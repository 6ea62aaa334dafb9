"""Gaussian noise in training and its removal by the flow's own gradient: noise augmentation."""

from typing import Any

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_floating, check_method, check_positive
from gdm_lib.flows.common.normalizing_flow import NormalizingFlow


class NoiseAugmented(nn.Module):
    """A flow over y = x + sigma u, u ~ N(0, I), and the way back from y to x.

    Data on a thin set, such as pixels of few levels, have no density; with noise they have one, smooth on the scale
    of sigma. What the flow then draws is noisy. Its gradient says in which direction the data lie: for the density
    p of y the mean of x given y is (Tweedie's formula)

        E[x | y] = y + sigma^2 grad log p(y).

    Parameters
    ----------
    flow
        A density of y.
    sigma
        The standard deviation of the noise, in the units of x.

    References
    ----------
    Zhai et al. (2025), Normalizing Flows are Capable Generative Models; Efron (2011), Tweedie's Formula and Selection
    Bias.
    """

    def __init__(self, flow: NormalizingFlow, sigma: float) -> None:
        super().__init__()
        check_method("flow", flow, "log_prob", "NormalizingFlow(StandardNormal(2), PLU(2))")
        self.flow, self.sigma = flow, check_positive("sigma", sigma)

    def log_prob(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """log p(x + sigma u) in nats with u drawn anew, (*, m) -> (*,): what training makes large.

        A density of noisy points, and so no likelihood of x: numbers of different sigma do not compare.
        """
        check_floating("x", x)
        return self.flow.log_prob(x + self.sigma * torch.randn_like(x), context)

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        """`log_prob`."""
        return self.log_prob(x, context)

    def denoised(self, y: Tensor, context: Tensor | None = None) -> Tensor:
        """E[x | y] for noisy points (*, m), as far as the flow is the density of y. One pass and its gradient."""
        check_floating("y", y)
        with torch.enable_grad():
            at = y.detach().requires_grad_()
            score, = torch.autograd.grad(self.flow.log_prob(at, context).sum(), at)
        return y + self.sigma**2 * score

    def sample(self, n: int = 1, context: Tensor | None = None, **options: Any) -> Tensor:
        """n draws of the flow, denoised: (n, m). `options` are those of the flow's `sample`."""
        return self.denoised(self.flow.sample(n, context, **options), context)

"""Affine coupling: half of x passes through and determines how the other half is stretched and shifted."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int, check_ints
from gdm_lib.flows.common.transform import Transform

BOUND = 5.0
"""The log-scale stays within (-BOUND, BOUND)."""


class AffineCoupling(Transform):
    """z_a = x_a,  z_b = (x_b - mu(x_a)) exp(-a(x_a)), with x_a the first half of x and x_b the rest.

    log|det dz/dx| = -sum a: O(m). Both directions are one pass of one network; to move x_a too, permute
    between couplings. a = 5 tanh(network / 5) keeps every scale between exp(-5) and exp(5), so that no weights
    make it 0 or infinite. The network's last layer starts at 0, and so the flow as the identity.

    Parameters
    ----------
    m
        The dimension, at least 2 unless there is a context.
    hidden
        Widths of the network's hidden layers.
    context_size
        The length of a vector on which mu and a depend too.

    Raises
    ------
    ValueError
        If there is nothing to condition on.

    References
    ----------
    Dinh, Sohl-Dickstein & Bengio (2017), Density Estimation Using Real NVP.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import AffineCoupling
    >>> z, log_det = AffineCoupling(4).f(torch.ones(10, 4))
    >>> z[0, :2].tolist(), log_det.shape
    ([1.0, 1.0], torch.Size([10]))
    """

    def __init__(self, m: int, hidden: Sequence[int] = (64, 64), context_size: int = 0) -> None:
        super().__init__()
        self.m, self.context_size = check_int("m", m), check_int("context_size", context_size, least=0)
        self.kept = self.m // 2
        if self.kept + self.context_size == 0:
            raise ValueError("m must be at least 2: one coordinate has no other to condition on; use Diagonal")
        m, context_size = self.m, self.context_size
        widths = [self.kept + context_size, *check_ints("hidden", hidden)]
        layers: list[nn.Module] = []
        for below, above in pairwise(widths):
            layers += [nn.Linear(below, above), nn.ReLU()]
        self.net = nn.Sequential(*layers, nn.Linear(widths[-1], 2 * (m - self.kept)))
        for parameter in self.net[-1].parameters():
            nn.init.zeros_(parameter)

    def conditionals(self, x_a: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """mu and a of x_b given x_a, each (*, m - m // 2)."""
        if context is not None:
            x_a = torch.cat((context.expand(*x_a.shape[:-1], -1), x_a), -1)
        mu, a = self.net(x_a).chunk(2, -1)
        return mu, BOUND * torch.tanh(a / BOUND)

    def f(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check("x", x, context)
        x_a, x_b = x.tensor_split([self.kept], -1)
        mu, a = self.conditionals(x_a, context)
        return torch.cat((x_a, (x_b - mu) * torch.exp(-a)), -1), -a.sum(-1)

    def g(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check("z", z, context)
        z_a, z_b = z.tensor_split([self.kept], -1)
        mu, a = self.conditionals(z_a, context)
        return torch.cat((z_a, mu + torch.exp(a) * z_b), -1), a.sum(-1)

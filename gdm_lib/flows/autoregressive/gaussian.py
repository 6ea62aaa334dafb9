"""Gaussian autoregressive flows: one pass from data to noise, and back with each hidden unit computed once."""

from collections.abc import Sequence
from itertools import chain

import torch
from torch import Tensor, nn

from gdm_lib._devices import without_autocast
from gdm_lib._shapes import check_int
from gdm_lib.flows.autoregressive.sweep import InPlace, sweep
from gdm_lib.flows.common.compose import Compose, Reverse
from gdm_lib.flows.common.transform import Transform
from gdm_lib.masks import made_masks
from gdm_lib.nn import MaskedLinear
from gdm_lib.ordered import ordered_degrees, step_bounds


class GaussianAutoregressive(Transform):
    """x_j = mu_j + sigma_j z_j, where mu_j and sigma_j are functions of x_1, ..., x_{j-1}.

    With z standard normal, p(x_j | x_{1:j-1}) = N(mu_j, sigma_j^2): a masked autoregressive flow (MAF).
    The Jacobian is triangular, so log|det dz/dx| = -sum_j log sigma_j, O(m). `Inverse` of it is IAF.

    A masked network gives all mu_j and a_j = log sigma_j in one pass; its last layer starts at 0, and so the
    flow as the identity, which any number of layers can be stacked on. `f` is that pass. `g` has to go
    from x_1 to x_m, yet a hidden unit of degree k looks at x_1, ..., x_k only: `g` computes it once, when
    x_k is there, and so costs the arithmetic of one pass, in m small steps. `g_sequential` is the same map
    written as one reads the formula, with m passes.

    Parameters
    ----------
    m
        The dimension.
    hidden
        Widths of the network's hidden layers, by default two of max(64, m). A width below m - 1, or below m
        with a context, cuts links, evenly over the past.
    context_size
        The length of a vector on which all mu_j and sigma_j depend too, also mu_1 and sigma_1.

    Notes
    -----
    Nothing bounds a_j: exp(a_j) is infinite above 88 in float32 and above 709 in float64. Then x or z
    is infinite or NaN, never a wrong finite number. Gradients through `g` are exact; they take O(m h B) memory
    for widths h, where a call without gradients takes that of one pass.

    References
    ----------
    Papamakarios, Pavlakou & Murray (2017), Masked Autoregressive Flow for Density Estimation.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import GaussianAutoregressive
    >>> flow = GaussianAutoregressive(3)
    >>> x = torch.randn(5, 3)
    >>> z, log_det = flow.f(x)
    >>> torch.allclose(flow.g(z)[0], x, atol=1e-5), log_det.shape
    (True, torch.Size([5]))
    """

    m: int

    def __init__(self, m: int, hidden: Sequence[int] | None = None, context_size: int = 0) -> None:
        super().__init__()
        self.m, self.context_size = check_int("m", m), check_int("context_size", context_size, least=0)
        if hidden is None:
            hidden = (max(64, self.m), max(64, self.m))
        degrees = ordered_degrees(self.m, hidden, self.context_size)
        *masks, last = made_masks(degrees)
        self.layers: Sequence[MaskedLinear] = nn.ModuleList(  # type: ignore[assignment]
            MaskedLinear(mask) for mask in [*masks, torch.cat((last, last))]
        )
        for parameter in self.layers[-1].parameters():
            nn.init.zeros_(parameter)
        self._bounds = step_bounds(degrees, 2)

    def conditionals(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """mu and a = log sigma of every p(x_j | x_{1:j-1}), each (*, m), in one pass."""
        h = _join(x, context)
        *hidden, last = self.layers
        for layer in hidden:
            h = layer(h).relu_()
        mu, a = last(h).chunk(2, -1)
        return mu, a

    def f(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check("x", x, context)
        mu, a = self.conditionals(x, context)
        return (x - mu) * torch.exp(-a), -a.sum(-1)

    def g_sequential(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """`g` in m passes: after pass j the first j values of x are right, whatever the rest was."""
        self.check("z", z, context)
        x = torch.zeros_like(z)
        for _ in range(self.m):
            mu, a = self.conditionals(x, context)
            x = mu + torch.exp(a) * z
        return x, a.sum(-1)

    def g(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check("z", z, context)
        points = _join(z, context).reshape(-1, self.context_size + self.m)
        context, z_columns = points.mT.split((self.context_size, self.m))   # (c, B), (m, B)
        with without_autocast(z.device):
            weights = list(chain.from_iterable(self._masked()))
            if torch.is_grad_enabled() or torch.compiler.is_compiling():
                x, log_det = sweep(self._bounds, context, z_columns, *weights)
            else:
                x, log_det = InPlace.apply(self._bounds, context, z_columns, *weights)
        x = x.mT.clone(memory_format=torch.contiguous_format)               # (B, m); an ordinary tensor again
        return x.reshape(z.shape), log_det.clone().reshape(z.shape[:-1])

    def _masked(self) -> list[tuple[Tensor, Tensor]]:
        """(bias (units, 1), masked weight) of every layer, the outputs in the order mu_1, a_1, mu_2, a_2, ..."""
        *hidden, last = [(layer.bias[:, None], layer.masked()) for layer in self.layers]
        bias, weight = (rows.unflatten(0, (2, -1)).transpose(0, 1).flatten(0, 1) for rows in last)
        return [*hidden, (bias, weight)]


def maf(m: int, layers: int = 5, hidden: Sequence[int] | None = None, context_size: int = 0) -> Compose:
    """`layers` Gaussian autoregressive transforms; between two of them the order of x is reversed.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import maf
    >>> maf(4, layers=2).f(torch.randn(7, 4))[0].shape
    torch.Size([7, 4])
    """
    parts: list[Transform] = [GaussianAutoregressive(m, hidden, context_size)]
    for _ in range(check_int("layers", layers) - 1):
        parts += [Reverse(m), GaussianAutoregressive(m, hidden, context_size)]
    return Compose(*parts)


def _join(x: Tensor, context: Tensor | None) -> Tensor:
    """Context and point side by side, (*, c + m); one context may serve many points."""
    return x if context is None else torch.cat((context.expand(*x.shape[:-1], -1), x), -1)

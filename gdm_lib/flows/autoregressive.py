"""Gaussian autoregressive flows: one pass from data to noise, and back with each hidden unit computed once."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, repeat

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int
from gdm_lib.flows.compose import Compose, Reverse
from gdm_lib.flows.transform import Transform
from gdm_lib.masks import made_masks
from gdm_lib.nn import MaskedLinear
from gdm_lib.ordered import ordered_degrees

STEPS = 16
"""At most so many steps of `g` share one large product; the best of 4, 8, 16, 32, 64 at m = 64 and 256."""


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
        Widths of the network's hidden layers, by default two of max(64, m). A width below m - 1 cuts links,
        evenly over the past.
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
            hidden = (max(64, m), max(64, m))
        degrees = ordered_degrees(m, hidden, context_size)
        *masks, last = made_masks(degrees)
        self.layers: Sequence[MaskedLinear] = nn.ModuleList(  # type: ignore[assignment]
            MaskedLinear(mask) for mask in [*masks, torch.cat((last, last))]
        )
        for parameter in self.layers[-1].parameters():
            nn.init.zeros_(parameter)
        hidden_bounds = [torch.searchsorted(d, torch.arange(m + 1)).tolist() for d in degrees[1:-1]]
        # of each layer, how many units are known before step k = 0, ..., m
        self._bounds = [[*range(context_size, context_size + m + 1)], *hidden_bounds, [*range(0, 2 * m + 1, 2)]]

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
        columns = points.mT.split((self.context_size, self.m))              # (c, B), (m, B)
        # Autograd and vmap need every intermediate matrix; without them one buffer a layer will do.
        keep = torch.is_grad_enabled() or torch._C._functorch.peek_interpreter_stack() is not None
        x, log_det = self._sweep(*columns) if keep else self._sweep_in_place(*columns)
        x = x.mT.clone(memory_format=torch.contiguous_format)               # (B, m); an ordinary tensor again
        return x.reshape(z.shape), log_det.clone().reshape(z.shape[:-1])

    def _masked(self) -> list[tuple[Tensor, Tensor]]:
        """(bias (units, 1), masked weight) of every layer, the outputs in the order mu_1, a_1, mu_2, a_2, ..."""
        *hidden, last = [(layer.bias[:, None], layer.weight * layer.mask) for layer in self.layers]
        bias, weight = (rows.unflatten(0, (2, -1)).transpose(0, 1).flatten(0, 1) for rows in last)
        return [*hidden, (bias, weight)]

    def _sweep(self, context: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """x (m, B) and log|det dx/dz| (B,), by operations that autograd can follow.

        Step k = 0, ..., m - 1 computes the hidden units of degree k, then x_{k+1}.
        """
        layers, log_sigma = self._masked(), []
        known = [context, *(z[:0] for _ in layers[1:])]                     # (units so far, B) of each layer
        for k in range(self.m):
            for i, (bias, weight) in enumerate(layers):
                rows = slice(self._bounds[i + 1][k], self._bounds[i + 1][k + 1])
                new = torch.addmm(bias[rows], weight[rows, :len(known[i])], known[i])
                if i + 1 < len(known):
                    known[i + 1] = torch.cat((known[i + 1], new.relu()))
            mu, a = new.split(1)                                            # (1, B) each
            known[0] = torch.cat((known[0], mu + a.exp() * z[k]))
            log_sigma.append(a)
        return known[0][self.context_size:], torch.cat(log_sigma).sum(0)

    @torch.inference_mode()
    def _sweep_in_place(self, context: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        """The same numbers with each layer in one buffer, where units still to come are 0."""
        layers = self._masked()
        h = [torch.cat((context, torch.zeros_like(z))), *(z.new_zeros(len(b), z.shape[1]) for b, _ in layers)]
        x, out = h[0][self.context_size:], h[-1].unflatten(0, (-1, 2))      # (m, B), (m, 2, B)
        size = min(STEPS, (self.m + 1) // 2)
        for start in range(0, self.m, size):
            now = slice(start, start + size)
            plan = [self._plan(now, i, *layer, h[i], h[i + 1]) for i, layer in enumerate(layers)]
            for *hidden, output, x_k, z_k in zip(*plan, x[now].split(1), z[now].split(1), strict=True):
                for before, weight, known, new in hidden:
                    torch.addmm(before, weight, known, out=new).relu_()
                before, weight, known, new = output
                mu, a = torch.addmm(before, weight, known, out=new).split(1)
                torch.addcmul(mu, z_k, a.exp(), out=x_k)
        return x, out[:, 1].sum(0)

    def _plan(
        self, now: slice, i: int, bias: Tensor, weight: Tensor, below: Tensor, above: Tensor
    ) -> Iterator[tuple[Tensor, ...]]:
        """What fills layer i + 1 in the steps `now`: for each, (before, weight, known, new).

        One large product brings in all that was known before these steps (`before`); a small one a step then
        adds only what these steps make (`weight`, `known`) and is written to its place (`new`).
        """
        first, *_, last = self._bounds[i][now.start:now.stop + 1]
        ends = self._bounds[i + 1][now.start:now.stop + 1]
        rows, units = slice(ends[0], ends[-1]), [b - a for a, b in pairwise(ends)]
        before = torch.addmm(bias[rows], weight[rows, :first], below[:first])
        return zip(before.split(units), weight[rows, first:last].split(units), repeat(below[first:last]),
                   above[rows].split(units), strict=False)


def maf(m: int, layers: int = 5, hidden: Sequence[int] | None = None, context_size: int = 0) -> Compose:
    """`layers` Gaussian autoregressive transforms; between two of them the order of x is reversed.

    Examples
    --------
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

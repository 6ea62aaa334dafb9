"""Undoing an autoregressive layer value by value, each hidden unit of its network computed once.

Points are columns here, (m, B), so that what a step makes is one contiguous block. `bounds` says of each layer of
the network, inputs first, how many of its units are known before step k = 0, ..., m; weights come as
bias (units, 1), masked weight, bias, masked weight, ..., the last with the outputs mu_1, a_1, mu_2, a_2, ...
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise, repeat
from typing import Any

import torch
from torch import Tensor

STEPS = 16
"""At most so many steps share one large product; the best of 4, 8, 16, 32, 64 at m = 64 and 256."""

Bounds = Sequence[Sequence[int]]


def sweep(bounds: Bounds, context: Tensor, z: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    """x (m, B) and log|det dx/dz| (B,) from z (m, B) and a context (c, B), by operations that autograd can follow.

    Step k = 0, ..., m - 1 computes the hidden units of degree k, then x_{k+1}.
    """
    layers, log_sigma = list(zip(weights[::2], weights[1::2], strict=True)), []
    known = [context, *(z[:0] for _ in layers[1:])]                         # (units so far, B) of each layer
    for k in range(len(z)):
        for i, (bias, weight) in enumerate(layers):
            rows = slice(bounds[i + 1][k], bounds[i + 1][k + 1])
            new = torch.addmm(bias[rows], weight[rows, :len(known[i])], known[i])
            if i + 1 < len(known):
                known[i + 1] = torch.cat((known[i + 1], new.relu()))
        mu, a = new.split(1)                                                # (1, B) each
        known[0] = torch.cat((known[0], mu + a.exp() * z[k]))
        log_sigma.append(a)
    return known[0][len(context):], torch.cat(log_sigma).sum(0)


class InPlace(torch.autograd.Function):
    """The numbers of `sweep` where nothing needs a gradient, with each layer in one buffer.

    Where torch.func asks for a batch or a tangent, which a buffer cannot hold, `sweep` answers.
    """

    @staticmethod
    def forward(bounds: Bounds, context: Tensor, z: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        return sweep_in_place(bounds, context, z, *weights)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        ctx.bounds = inputs[0]
        ctx.save_for_forward(*inputs[1:])

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], bounds: Bounds, *tensors: Tensor) -> tuple[Any, Any]:
        batched = torch.vmap(partial(sweep, bounds), in_dims[1:])
        return batched(*tensors), (0, 0)

    @staticmethod
    def jvp(ctx: Any, _: None, *tangents: Tensor | None) -> tuple[Tensor, Tensor]:
        points = ctx.saved_tensors
        pairs = zip(points, tangents, strict=True)
        filled = tuple(torch.zeros_like(p) if t is None else t for p, t in pairs)
        return torch.func.jvp(partial(sweep, ctx.bounds), points, filled)[1]


@torch.no_grad()
def sweep_in_place(bounds: Bounds, context: Tensor, z: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    """`sweep` with each layer in one buffer, where units still to come are 0."""
    layers = list(zip(weights[::2], weights[1::2], strict=True))
    m = len(z)
    h = [torch.cat((context, torch.zeros_like(z))), *(z.new_zeros(len(b), z.shape[1]) for b, _ in layers)]
    x, out = h[0][len(context):], h[-1].unflatten(0, (-1, 2))               # (m, B), (m, 2, B)
    size = min(STEPS, (m + 1) // 2)
    for start in range(0, m, size):
        now = slice(start, start + size)
        plan = [_plan(bounds, now, i, *layer, h[i], h[i + 1]) for i, layer in enumerate(layers)]
        for *hidden, output, x_k, z_k in zip(*plan, x[now].split(1), z[now].split(1), strict=True):
            for before, weight, known, new in hidden:
                torch.addmm(before, weight, known, out=new).relu_()
            before, weight, known, new = output
            mu, a = torch.addmm(before, weight, known, out=new).split(1)
            torch.addcmul(mu, z_k, a.exp(), out=x_k)
    return x.clone(), out[:, 1].sum(0)


def _plan(
    bounds: Bounds, now: slice, i: int, bias: Tensor, weight: Tensor, below: Tensor, above: Tensor
) -> Iterator[tuple[Tensor, ...]]:
    """What fills layer i + 1 in the steps `now`: for each, (before, weight, known, new).

    One large product brings in all that was known before these steps (`before`); a small one a step then
    adds only what these steps make (`weight`, `known`) and is written to its place (`new`).
    """
    first, *_, last = bounds[i][now.start:now.stop + 1]
    ends = bounds[i + 1][now.start:now.stop + 1]
    rows, units = slice(ends[0], ends[-1]), [b - a for a, b in pairwise(ends)]
    before = torch.addmm(bias[rows], weight[rows, :first], below[:first])
    return zip(before.split(units), weight[rows, first:last].split(units), repeat(below[first:last]),
               above[rows].split(units), strict=False)

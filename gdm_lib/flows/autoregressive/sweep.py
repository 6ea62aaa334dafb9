"""From z to x through a masked network, x_j = mu_j + exp(a_j) z_j with mu_j and a_j functions of x_1, ..., x_{j-1}.

Each hidden unit is computed once. `sweep` can be differentiated; `InPlace` gives the same numbers by
`gdm_lib.ordered.unrolled`, in one buffer a layer.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from gdm_lib.ordered import Bounds, unrolled


def sweep(bounds: Bounds, context: Tensor, z: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    """x (m, B) and log|det dx/dz| (B,) from z (m, B) and a context (c, B), by operations that autograd can follow.

    Points are columns, so that what a step makes is one contiguous block. Step k = 0, ..., m - 1 computes the hidden
    units of degree k, then x_{k+1}.

    Parameters
    ----------
    bounds
        Of each layer, inputs first: how many of its units are known before step k = 0, ..., m.
    weights
        Bias (units, 1) and masked weight of each layer in turn; the outputs in the order mu_1, a_1, mu_2, a_2, ...
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


@torch.no_grad()
def sweep_in_place(bounds: Bounds, context: Tensor, z: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
    """`sweep` with each layer in one buffer."""
    layers, log_sigma = list(zip(weights[::2], weights[1::2], strict=True)), []
    inputs = torch.cat((context, torch.zeros_like(z)))
    x = inputs[len(context):]
    for x_k, z_k, output in zip(x.unbind(), z.contiguous().unbind(), unrolled(bounds, layers, inputs), strict=True):
        mu, a = output.unbind()
        torch.addcmul(mu, z_k, a.exp(), out=x_k)
        log_sigma.append(a)
    return x, torch.stack(log_sigma).sum(0)


class InPlace(torch.autograd.Function):
    """The numbers of `sweep` where nothing needs a gradient, by `sweep_in_place`.

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
        # Forward mode does not nest. But u -> J^T u is linear, and the transpose of its own derivative is J.
        points = ctx.saved_tensors
        outputs, pull = torch.func.vjp(partial(sweep, ctx.bounds), *points)  # type: ignore[misc]
        _, push = torch.func.vjp(lambda *u: pull(u), *map(torch.zeros_like, outputs))  # type: ignore[misc]
        filled = []
        for point, tangent in zip(points, tangents, strict=True):
            filled.append(torch.zeros_like(point) if tangent is None else tangent)
        return push(tuple(filled))

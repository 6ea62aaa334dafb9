"""Masked MLPs that are run value by value, each hidden unit computed once: `OrderedMLP`, and the `sweep` of a MAF.

The first draws one value from any distribution. The second knows what is drawn, x = mu + exp(a) z, and so can be
differentiated, and shares large products between its steps, which a distribution with a sampler of its own could not.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise, repeat
from typing import Any

import torch
from torch import Tensor

from gdm_lib._shapes import check_int, check_ints
from gdm_lib.masks import made_degrees, made_masks
from gdm_lib.nn import MaskedMLP

Draw = Callable[[int, Tensor], Tensor]


def ordered_degrees(m: int, hidden: Sequence[int], context_size: int = 0) -> list[Tensor]:
    """Degrees with the hidden units sorted. A context has degree 0, and so have the units that see only it.

    Without such units x_1, whose output looks at degrees below 1, would not depend on the context.

    Examples
    --------
    >>> from gdm_lib.ordered import ordered_degrees
    >>> [d.tolist() for d in ordered_degrees(3, [5])]
    [[1, 2, 3], [1, 1, 1, 2, 2], [1, 2, 3]]
    >>> [d.tolist() for d in ordered_degrees(2, [3], context_size=2)]
    [[0, 0, 1, 2], [0, 0, 1], [1, 2]]
    """
    if not context_size:
        inputs, *middle, outputs = made_degrees(m, hidden)
        return [inputs, *(degrees.sort().values for degrees in middle), outputs]
    places = torch.arange(1, m + 1)
    middle = []
    for width in check_ints("hidden", hidden):
        unit = torch.arange(width)
        degrees = unit % m if width >= m else unit * m // width             # 0, ..., m - 1, always with 0 among them
        middle.append(degrees.sort().values)
    return [torch.cat((torch.zeros(context_size, dtype=torch.long), places)), *middle, places]


class OrderedMLP(MaskedMLP):
    """The masked MLP of MADE with its hidden units sorted by degree: (*, context_size + m) -> (*, m, params).

    Parameters
    ----------
    m
        The number of values.
    hidden
        Widths of the hidden layers; a width below m - 1 cuts links.
    params
        Outputs a value.
    context_size
        The length of a context, which stands before the values in the input.
    """

    def __init__(self, m: int, hidden: Sequence[int], params: int, context_size: int = 0) -> None:
        check_int("context_size", context_size, least=0)
        degrees = ordered_degrees(m, hidden, context_size)
        super().__init__(made_masks(degrees), params)
        self.m, self.context_size = m, context_size
        self._units = [torch.bincount(d, minlength=m).tolist() for d in degrees[1:-1]]      # of degree 0, 1, ...

    def _steps(self) -> Iterator[list[tuple[Tensor, Tensor]]]:
        """For step k = 0, ..., m - 1, the (bias, weight) of every layer: masked, and only what is not 0.

        Step k computes the hidden units of degree k, then the parameters of x_{k+1}.
        """
        known: Sequence[int] = range(self.context_size, self.context_size + self.m)     # inputs known at step k
        blocks = []
        for layer, units in zip(self.layers, [*self._units, [self.params] * self.m], strict=True):
            rows = zip(layer.bias[:, None].split(units), (layer.weight * layer.mask).split(units), known, strict=False)
            blocks.append([(bias, weight[:, :columns]) for bias, weight, columns in rows])
            known = list(accumulate(units))
        return zip(*blocks, strict=True)

    def unroll(self, draw: Draw, n: int, context: Tensor | None = None) -> Tensor:
        """Draw n points value by value: `draw(k, parameters (params, n)) -> (n,)` is asked for x_{k+1}.

        Call it under no_grad: the activations live in one buffer a layer, features first, so that each step
        writes a contiguous block. Cost: the arithmetic of one pass, in m small steps.

        Returns
        -------
        Tensor
            The points, values first: (m, n).
        """
        like = self.layers[0].weight
        widths = [self.context_size + self.m, *(sum(units) for units in self._units)]
        buffers = [like.new_empty(width, n) for width in widths]
        if context is not None:
            buffers[0][: self.context_size] = context.mT
        x = buffers[0][self.context_size :]                                 # (m, n)
        ends = [0] * len(self._units)
        for k, (*hidden, (bias, weight)) in enumerate(self._steps()):
            for i, (b, w) in enumerate(hidden):
                new = buffers[i + 1][ends[i] : ends[i] + len(b)]
                torch.addmm(b, w, buffers[i][: w.shape[1]], out=new).relu_()
                ends[i] += len(b)
            x[k] = draw(k, torch.addmm(bias, weight, buffers[-1][: weight.shape[1]]))
        return x


STEPS = 16
"""At most so many steps share one large product; the best of 4, 8, 16, 32, 64 at m = 64 and 256."""

Bounds = Sequence[Sequence[int]]


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
        # Forward mode does not nest. But u -> J^T u is linear, and the transpose of its own derivative is J.
        points = ctx.saved_tensors
        outputs, pull = torch.func.vjp(partial(sweep, ctx.bounds), *points)  # type: ignore[misc]
        _, push = torch.func.vjp(lambda *u: pull(u), *map(torch.zeros_like, outputs))  # type: ignore[misc]
        filled = []
        for point, tangent in zip(points, tangents, strict=True):
            filled.append(torch.zeros_like(point) if tangent is None else tangent)
        return push(tuple(filled))


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
    """The products that fill layer i + 1 in the steps `now`: (before, weight, known, new) for each step.

    One large product brings in all that was known before these steps (`before`); a small one a step then
    adds only what these steps make (`weight`, `known`) and is written to its place (`new`).
    """
    first, *_, last = bounds[i][now.start:now.stop + 1]
    ends = bounds[i + 1][now.start:now.stop + 1]
    rows, units = slice(ends[0], ends[-1]), [b - a for a, b in pairwise(ends)]
    before = torch.addmm(bias[rows], weight[rows, :first], below[:first])
    return zip(before.split(units), weight[rows, first:last].split(units), repeat(below[first:last]),
               above[rows].split(units), strict=False)

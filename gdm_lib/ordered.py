"""Masked MLPs that are run value by value, each hidden unit computed once, when all that it looks at is there."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, repeat

import torch
from torch import Tensor

from gdm_lib._shapes import check_int, check_ints
from gdm_lib.masks import made_degrees, made_masks
from gdm_lib.nn import MaskedMLP

Draw = Callable[[int, Tensor], Tensor]
Bounds = Sequence[Sequence[int]]
"""Of each layer, inputs first: how many of its units are known before step k = 0, ..., m."""
Layers = Sequence[tuple[Tensor, Tensor]]
"""Bias (units, 1) and masked weight of each layer, the units sorted by degree."""

STEPS = 16
"""At most so many steps share one large product; the best of 4, 8, 16, 32, 64 at m = 64 and 256."""


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


def step_bounds(degrees: Sequence[Tensor], params: int) -> Bounds:
    """The number of units of each layer that are known before each step, for `params` outputs a value.

    Step k = 0, ..., m - 1 computes the hidden units of degree k, then the outputs of x_{k+1}.
    """
    m = len(degrees[-1])
    steps = torch.arange(m + 1)
    context_size = len(degrees[0]) - m
    hidden = [torch.searchsorted(d, steps).tolist() for d in degrees[1:-1]]
    return [[*range(context_size, context_size + m + 1)], *hidden, [*range(0, params * m + 1, params)]]


def unrolled(bounds: Bounds, layers: Layers, inputs: Tensor) -> Iterator[Tensor]:
    """The outputs (params, B) of x_1, x_2, ..., x_m in turn; who asks writes each value to `inputs` before the next.

    Points are columns, so that what a step makes is one contiguous block of the one buffer a layer. `inputs`,
    (c + m, B), holds the context, then the values: 0 where they are still to come. Cost: the arithmetic of one pass,
    in m small steps. Nothing here can be differentiated.
    """
    m = len(bounds[0]) - 1
    buffers = [inputs] + [inputs.new_zeros(bound[-1], inputs.shape[1]) for bound in bounds[1:-1]]
    size = min(STEPS, m)
    for begin in range(0, m, size):
        now = slice(begin, begin + size + 1)
        plan = [_Block(bounds[i][now], bounds[i + 1][now], *layer, buffers[i]) for i, layer in enumerate(layers)]
        *hidden, last = plan
        fills = [block.steps(above) for block, above in zip(hidden, buffers[1:], strict=True)]
        for *below, (before, weight) in zip(*fills, zip(last.before, last.weight, strict=True), strict=True):
            for start, taps, known, units in below:
                torch.addmm(start, taps, known, out=units).relu_()
            yield before.addmm_(weight, last.known)


class _Block:
    """One layer in the steps to come: a large product brings in what is known before them, small ones the rest.

    `inputs` and `units` are the bounds of the layer below and of this one, at each step and after the last.
    """

    def __init__(
        self, inputs: Sequence[int], units: Sequence[int], bias: Tensor, weight: Tensor, below: Tensor
    ) -> None:
        self.units = units
        rows, first, last = slice(units[0], units[-1]), inputs[0], inputs[-1]
        before = torch.addmm(bias[rows], weight[rows, :first], below[:first])
        self.widths = [end - start for start, end in pairwise(units)]
        self.before, self.weight = before.split(self.widths), weight[rows, first:last].split(self.widths)
        self.known = below[first:last]                                      # units still to come are 0

    def steps(self, above: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
        """Of each step: what came before, the weights of what is known, that itself, and where its units go."""
        new = above[self.units[0] : self.units[-1]].split(self.widths)
        return zip(self.before, self.weight, repeat(self.known), new)


class OrderedMLP(MaskedMLP):
    """The masked MLP of MADE with its hidden units sorted by degree: (*, context_size + m) -> (*, m, params).

    Parameters
    ----------
    m
        The number of values.
    hidden
        Widths of the hidden layers; a width below m - 1, or below m with a context, cuts links.
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
        self._bounds = step_bounds(degrees, params)

    def unroll(self, draw: Draw, n: int, context: Tensor | None = None) -> Tensor:
        """Draw n points value by value: `draw(k, parameters (params, n)) -> (n,)` is asked for x_{k+1}.

        Call it under no_grad. Cost: the arithmetic of one pass, in m small steps.

        Returns
        -------
        Tensor
            The points, values first: (m, n).
        """
        inputs = self.layers[0].weight.new_zeros(self.context_size + self.m, n)
        if context is not None:
            inputs[: self.context_size] = context.mT
        x = inputs[self.context_size :]
        layers = [(layer.bias[:, None], layer.masked()) for layer in self.layers]
        for k, params in enumerate(unrolled(self._bounds, layers, inputs)):
            x[k] = draw(k, params)
        return x

"""A masked MLP that can be run value by value, each hidden unit computed once."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

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

"""The Markov MLP: one small network, the same at every place, that sees the d values before it."""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gdm_lib._shapes import check_int, check_ints
from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.laws.conditionals import Conditional


class MarkovMLP(AutoregressiveModel):
    """p(x_j | x_{1:j-1}, theta) = p(x_j | x_{j-d:j-1}, theta), its parameters MLP_theta(x_{j-d}, ..., x_{j-1}).

    The first d places have a shorter past. What is missing there is read as 0, and d further inputs say
    which values are present, so that 0 stays a value like any other.

    Parameters
    ----------
    m
        The length of x; an image is flattened in raster order first.
    order
        d, how many values back the network sees.
    law
        The distribution of one value.
    hidden
        Widths of the hidden layers.
    context_size
        The length of a context vector that every place sees; 0 for none.

    Notes
    -----
    Cost: one MLP a place, in parallel for `log_prob`, one after the other for `sample`. The number of
    parameters does not depend on m.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.autoregressive import Categorical, MarkovMLP
    >>> model = MarkovMLP(m=5, order=2, law=Categorical(3))
    >>> model.log_prob(torch.zeros(4, 5, dtype=torch.long)).shape
    torch.Size([4])
    """

    def __init__(
        self, m: int, order: int, law: Conditional, hidden: Sequence[int] = (64,), context_size: int = 0
    ) -> None:
        super().__init__((m,), law, context_size)
        self.order = check_int("order", order)
        widths = [2 * self.order + self.context_size, *check_ints("hidden", hidden)]
        layers: list[nn.Module] = []
        for below, above in pairwise(widths):
            layers += [nn.Linear(below, above), nn.ReLU()]
        self.mlp = nn.Sequential(*layers, nn.Linear(widths[-1], law.params))

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        values, present = (F.pad(t, (self.order, 0)) for t in (h, torch.ones_like(h)))      # (B, d + m)
        # entry j of the padded sequence is x_{j-d}, so the k-th of the window of x_j is entry j + k
        seen = [values[:, k : k + self.m] for k in range(self.order)]
        seen += [present[:, k : k + self.m] for k in range(self.order)]
        windows = torch.stack(seen, -1)                                                     # (B, m, 2d)
        if context is not None:
            windows = torch.cat([windows, context[:, None].expand(-1, self.m, -1)], -1)
        return self.mlp(windows)                                                            # (B, m, P)

    def _sample_incremental(self, drawing: Drawing, context: Tensor | None) -> None:
        values = torch.zeros(len(drawing.x), self.order, dtype=self.dtype, device=self.device)
        present = torch.zeros_like(values)
        known = [] if context is None else [context]
        for j in range(self.m):
            params = self.mlp(torch.cat([values, present, *known], 1))      # (n, P)
            new = drawing.embedded((j,), params)[:, None]                   # (n, 1)
            values = torch.cat([values[:, 1:], new], 1)
            present = torch.cat([present[:, 1:], torch.ones_like(new)], 1)

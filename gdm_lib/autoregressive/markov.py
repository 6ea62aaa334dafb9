"""The Markov MLP: one small network, the same at every place, that sees the d values before it."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gdm_lib._shapes import check_int
from gdm_lib.autoregressive.base import AutoregressiveModel
from gdm_lib.autoregressive.conditionals import Conditional


class MarkovMLP(AutoregressiveModel):
    """p(x_j | x_{1:j-1}, theta) = p(x_j | x_{j-d:j-1}, theta) with parameters MLP_theta(x_{j-d}, ..., x_{j-1}).

    The first d places have a shorter past. What is missing there is read as 0, and d further inputs say
    which values are present, so that 0 stays a value like any other.

    Parameters
    ----------
    m
        The length of x; an image is flattened in raster order first.
    order
        d, how many values back the network sees.
    law
        The law of one value.
    hidden
        Widths of the hidden layers.

    Notes
    -----
    Cost: one MLP a place, in parallel for `log_prob`, one after the other for `sample`. The number of
    parameters does not depend on m.

    Examples
    --------
    >>> from gdm_lib.autoregressive import Categorical
    >>> model = MarkovMLP(m=5, order=2, law=Categorical(3))
    >>> model.log_prob(torch.zeros(4, 5, dtype=torch.long)).shape
    torch.Size([4])
    """

    def __init__(self, m: int, order: int, law: Conditional, hidden: Sequence[int] = (64,)) -> None:
        super().__init__((m,), law)
        self.order = check_int("order", order)
        widths = [2 * order, *hidden]
        layers: list[nn.Module] = []
        for below, above in zip(widths[:-1], widths[1:], strict=True):
            layers += [nn.Linear(below, above), nn.ReLU()]
        self.mlp = nn.Sequential(*layers, nn.Linear(widths[-1], law.params))

    def forward(self, h: Tensor) -> Tensor:
        values, present = (F.pad(t, (self.order, 0)) for t in (h, torch.ones_like(h)))
        windows = torch.cat([values.unfold(1, self.order, 1), present.unfold(1, self.order, 1)], -1)
        return self.mlp(windows[:, : self.m])                               # (B, m, 2d) -> (B, m, P)

    def _sample_incremental(self, uniforms: Tensor) -> Tensor:
        x = torch.zeros_like(uniforms, dtype=self.law.dtype)
        window = uniforms.new_zeros(len(uniforms), 2 * self.order, dtype=self.dtype)
        values, present = window.chunk(2, dim=1)                            # views: (n, d) each
        for j in range(self.m):
            x[:, j] = self.law.sample(self.mlp(window), uniforms[:, j])
            for part, new in ((values, self.law.embed(x[:, j], self.dtype)), (present, torch.ones_like(values[:, 0]))):
                part.copy_(torch.cat([part[:, 1:], new[:, None]], 1))
        return x

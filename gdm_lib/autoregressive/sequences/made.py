"""MADE: all conditionals of a vector by one masked fully connected network."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.laws.conditionals import Conditional
from gdm_lib.nn import MaskedLinear
from gdm_lib.ordered import OrderedMLP


class MADE(AutoregressiveModel):
    """p(x | theta) = prod_j p(x_j | x_{1:j-1}, theta), each conditional with the whole past.

    Where the Markov MLP shares one network over all places and forgets what is more than d back, MADE has a
    fixed m and, if wide enough, forgets nothing. Masks make output j a function of x_1, ..., x_{j-1}.

    Parameters
    ----------
    m
        The length of x; an image is flattened in raster order first.
    law
        The distribution of one value.
    hidden
        Widths of the hidden layers, by default one of max(256, m). A width below m - 1, or below m with a context, cuts
        links, evenly over the past; `check.causality` counts them.
    context_size
        The length of a context vector, an input of degree 0 that every value sees; 0 for none.
    direct
        True adds weights from each value to the parameters of every later one, past the hidden layers. They start
        at 0. On small data sets of many values they carry most of what is learned.

    Notes
    -----
    `log_prob` is one pass; incremental sampling does the arithmetic of one pass, value by value.

    References
    ----------
    Germain, Gregor, Murray & Larochelle (2015), MADE: Masked Autoencoder for Distribution Estimation.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.autoregressive import MADE, Bernoulli
    >>> model = MADE(m=6, law=Bernoulli(), hidden=(16,))
    >>> model.log_prob(torch.ones(3, 6, dtype=torch.long)).shape, model.sample(2).shape
    (torch.Size([3]), torch.Size([2, 6]))
    """

    direct: MaskedLinear | None

    def __init__(
        self, m: int, law: Conditional, hidden: Sequence[int] | None = None, context_size: int = 0,
        direct: bool = False,
    ) -> None:
        super().__init__((m,), law, context_size)
        if hidden is None:
            hidden = (max(256, self.m),)
        self.net = OrderedMLP(self.m, hidden, law.params, context_size)
        self.direct = None
        if direct:
            past = torch.ones(self.m, self.m, dtype=torch.bool).tril(-1)
            self.direct = MaskedLinear(past.repeat_interleave(law.params, 0), bias=False)   # (m P, m)
            nn.init.zeros_(self.direct.weight)

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        out = self.net(h if context is None else torch.cat([context, h], -1))       # (B, m, P)
        if self.direct is not None:
            out = out + self.direct(h).unflatten(-1, (self.m, -1))
        return out

    def _sample_incremental(self, drawing: Drawing, context: Tensor | None) -> None:
        weight = None
        if self.direct is not None:
            weight = self.direct.masked().unflatten(0, (self.m, -1))                # (m, P, m)
            known = weight.new_zeros(len(drawing.x), self.m)                        # values as the network reads them

        def draw(k: int, params: Tensor) -> Tensor:
            params = params.mT                                                      # (n, P)
            if weight is None:
                return drawing.embedded((k,), params)
            known[:, k] = drawing.embedded((k,), params + known[:, :k] @ weight[k, :, :k].mT)
            return known[:, k]

        self.net.unroll(draw, len(drawing.x), context)

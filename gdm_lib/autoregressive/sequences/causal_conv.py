"""A causal convolutional network in one dimension, dilated so that its reach about doubles with every layer."""

from collections.abc import Sequence

from torch import Tensor, nn

from gdm_lib import masks
from gdm_lib._shapes import check_int, check_ints
from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.autoregressive.common.context import Shifts, shifted
from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.common.row import Row, relu_column, start
from gdm_lib.autoregressive.laws.conditionals import Conditional
from gdm_lib.nn import MaskedConv1d


class CausalConvNet(AutoregressiveModel):
    """p(x) = prod_j p(x_j | x_{1:j-1}) for sequences, the parameters by masked convolutions with ReLU between.

    The first convolution is of type A and not dilated, the others are of type B with the given dilations. With
    kernel size k and c = (k - 1) / 2, value j sees those from j - c (1 + sum of the dilations) to
    j - 1, or some of them only, where the dilations leave gaps.

    Parameters
    ----------
    m
        The length of x.
    law
        The distribution of one value.
    channels
        Of every hidden layer.
    dilations
        One a hidden layer; (1, 2, 4, ...) about doubles the reach with each. See `check.causality` for gaps.
    kernel_size
        Odd and centered; the taps right of the center are masked away.
    context_size
        The length of a context vector; 0 for none.

    Notes
    -----
    `log_prob` is one pass; incremental sampling does the arithmetic of one pass, value by value.

    References
    ----------
    van den Oord et al. (2016), WaveNet: A Generative Model for Raw Audio.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.autoregressive import Bernoulli, CausalConvNet
    >>> model = CausalConvNet(m=20, law=Bernoulli(), channels=4, dilations=(1, 2))
    >>> model.log_prob(torch.zeros(3, 20, dtype=torch.long)).shape, model.sample(2).shape
    (torch.Size([3]), torch.Size([2, 20]))
    """

    def __init__(
        self,
        m: int,
        law: Conditional,
        channels: int = 32,
        dilations: Sequence[int] = (1, 2, 4, 8),
        kernel_size: int = 3,
        context_size: int = 0,
    ) -> None:
        super().__init__((m,), law, context_size)
        context_size = self.context_size
        channels = check_int("channels", channels)
        kernel_size = check_int("kernel_size", kernel_size, odd=True)

        def layer(size: int, kind: masks.Kind, out: int, below: int, dilation: int) -> MaskedConv1d:
            return MaskedConv1d(masks.causal_mask(size, kind).expand(out, below, size), dilation)

        self.convolutions: Sequence[MaskedConv1d] = nn.ModuleList([  # type: ignore[assignment]
            layer(kernel_size, "A", channels, 1, 1),
            *(layer(kernel_size, "B", channels, channels, d) for d in check_ints("dilations", dilations)),
            layer(1, "B", law.params, channels, 1),
        ])
        self.shifts = Shifts(context_size, [conv.out_channels for conv in self.convolutions])

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        h = h[:, None]                                                      # (B, 1, m)
        for k, (conv, shift) in enumerate(zip(self.convolutions, self.shifts(context), strict=True)):
            h = shifted(conv(h.relu_() if k else h), shift)
        return h.mT                                                         # (B, m, P)

    def _sample_incremental(self, drawing: Drawing, context: Tensor | None) -> None:
        n = len(drawing.x)
        convs = self.convolutions
        rows = [Row(conv.masked(), n, self.m, conv.dilation[0]) for conv in convs]
        starts = [start(conv.bias, shift) for conv, shift in zip(convs, self.shifts(context), strict=True)]
        for j in range(self.m):
            nothing_yet = rows[0].inputs.new_zeros(n, 1)
            new = drawing.embedded((j,), relu_column(rows, starts, j, nothing_yet))
            rows[0].put(j, new[:, None])

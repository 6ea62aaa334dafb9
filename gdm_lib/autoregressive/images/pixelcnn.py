"""PixelCNN: an autoregressive model of images made of masked convolutions."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from gdm_lib import masks
from gdm_lib.autoregressive.common.context import Shifts, shifted
from gdm_lib.autoregressive.common.drawing import Drawing
from gdm_lib.autoregressive.common.row import start
from gdm_lib.autoregressive.images.pixelcnn_sampler import sample_incremental
from gdm_lib.autoregressive.images.raster import RasterModel, check_convolutions
from gdm_lib.autoregressive.laws.conditionals import Conditional
from gdm_lib.nn import MaskedConv2d

MaskFunction = Callable[[int, masks.Kind, int, int, int], Tensor]


class PixelCNN(RasterModel):
    """log p(x) = sum over pixels and colors of log p(x_j | x_{1:j-1}), in raster order, R before G before B.

    A stack of masked convolutions with ReLU between: the first of type A, so that no value sees itself,
    the rest of type B. Padding keeps the image's size. Channels form one block a color.

    Parameters
    ----------
    shape
        (C, H, W): C = 1 for gray, 3 for RGB.
    law
        The distribution of one value, such as `Categorical(17)`.
    channels
        Of every hidden layer, a multiple of C; by default the least from 32 on.
    layers
        The number of hidden type B convolutions; a last one of kernel size 1 gives the parameters.
    kernel_size
        Of the layers of type B; odd.
    first_kernel_size
        Of the first layer, which is of type A; odd.
    mask
        A function with the signature of `masks.raster_mask`: pass your own to see what it does.
    context_size
        The length of a context vector, which shifts every channel of every layer; 0 for none.

    Notes
    -----
    `log_prob` is one pass. Naive sampling is C H W passes, incremental sampling about C passes' worth of
    arithmetic. A plain stack has a blind spot: of the pixels above, some to the right are never seen,
    however many layers there are; `check.causality` counts them.

    References
    ----------
    van den Oord, Kalchbrenner & Kavukcuoglu (2016), Pixel Recurrent Neural Networks.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.autoregressive import Categorical, PixelCNN
    >>> model = PixelCNN((3, 8, 8), law=Categorical(4), channels=6, layers=2)
    >>> x = torch.zeros(5, 3, 8, 8, dtype=torch.long)
    >>> model.log_prob(x).shape, model.sample(2).shape
    (torch.Size([5]), torch.Size([2, 3, 8, 8]))
    """

    def __init__(
        self,
        shape: Sequence[int],
        law: Conditional,
        channels: int | None = None,
        layers: int = 5,
        kernel_size: int = 3,
        first_kernel_size: int = 7,
        mask: MaskFunction = masks.raster_mask,
        context_size: int = 0,
    ) -> None:
        super().__init__(shape, law, channels, context_size)
        layers = check_convolutions(layers, kernel_size, first_kernel_size)
        colors, width = self.colors, self.channels
        first = mask(first_kernel_size, "A", colors, width, colors)
        hidden = [mask(kernel_size, "B", width, width, colors)] * layers
        last = mask(1, "B", width, colors * law.params, colors)
        self.convolutions: Sequence[MaskedConv2d] = nn.ModuleList(  # type: ignore[assignment]
            MaskedConv2d(mask) for mask in [first, *hidden, last]
        )
        self.shifts = Shifts(context_size, [conv.out_channels for conv in self.convolutions])

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        for k, (conv, shift) in enumerate(zip(self.convolutions, self.shifts(context), strict=True)):
            h = shifted(conv(h.relu_() if k else h), shift)
        return self.by_value(h)                                             # (B, C, H, W, P)

    def _sample_incremental(self, drawing: Drawing, context: Tensor | None) -> None:
        pairs = zip(self.convolutions, self.shifts(context), strict=True)
        starts = [start(conv.bias, shift) for conv, shift in pairs]
        sample_incremental(self.convolutions, starts, drawing)

"""Masks that make a network autoregressive by limiting the inputs that each weight may use.

Pure functions, independent of any network. A mask is boolean and has the shape of the weight that
it multiplies. `kind` is ``"A"`` for the first layer, which must not see the value that it predicts, and
``"B"`` for every later layer, whose input at that place has been shifted by type A already.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor

from gdm_lib._shapes import check_int, check_ints

Kind = Literal["A", "B"]


def _check_kind(kind: object) -> None:
    if kind not in ("A", "B"):
        raise ValueError(f'kind must be "A" (hides the current value) or "B" (shows it), got {kind!r}')


def causal_mask(kernel_size: int, kind: Kind) -> Tensor:
    """The taps of a centered 1-D convolution that do not look ahead: tap t is kept if t < c, or t = c for B.

    Parameters
    ----------
    kernel_size
        Odd, so that the kernel has a center c = (kernel_size - 1) / 2.
    kind
        ``"A"`` hides the center, ``"B"`` keeps it.

    Returns
    -------
    Tensor
        Boolean, of shape (kernel_size,).

    Raises
    ------
    ValueError
        If the kernel is even or the kind unknown.

    Examples
    --------
    >>> from gdm_lib.masks import causal_mask
    >>> causal_mask(5, "A").int().tolist(), causal_mask(5, "B").int().tolist()
    ([1, 1, 0, 0, 0], [1, 1, 1, 0, 0])
    """
    check_int("kernel_size", kernel_size, odd=True)
    _check_kind(kind)
    taps, center = torch.arange(kernel_size), kernel_size // 2
    return taps <= center if kind == "B" else taps < center


def raster_mask(
    kernel_size: int, kind: Kind, in_channels: int = 1, out_channels: int = 1, groups: int = 1
) -> Tensor:
    """The weights of a 2-D convolution that look back in raster order, and within a pixel back in color.

    Raster order reads an image as a page: row by row, each from left to right. Rows above the center are
    kept whole, the center's row up to the center. At the center itself, the channels fall into `groups`
    equal contiguous blocks, one a color; color c may look at colors < c (A) or <= c (B).

    Parameters
    ----------
    kernel_size
        Odd; the kernel is square.
    kind
        ``"A"`` or ``"B"``.
    in_channels, out_channels
        Both multiples of `groups`.
    groups
        The number of colors: 1 for gray images, 3 for RGB.

    Returns
    -------
    Tensor
        Boolean, of shape (out_channels, in_channels, kernel_size, kernel_size), a convolution's weight.

    Raises
    ------
    ValueError
        If the kernel is even, the kind unknown, or the channels do not fall into equal groups.

    References
    ----------
    van den Oord, Kalchbrenner & Kavukcuoglu (2016), Pixel Recurrent Neural Networks.

    Examples
    --------
    >>> from gdm_lib.masks import raster_mask
    >>> raster_mask(3, "A")[0, 0].int().tolist()
    [[1, 1, 1], [1, 0, 0], [0, 0, 0]]
    >>> raster_mask(1, "A", 3, 3, groups=3)[:, :, 0, 0].int().tolist()  # rows R, G, B
    [[0, 0, 0], [1, 0, 0], [1, 1, 0]]
    """
    check_int("kernel_size", kernel_size, odd=True)
    check_int("groups", groups)
    _check_kind(kind)
    for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
        if check_int(name, channels) % groups:
            raise ValueError(f"{name} must be a multiple of groups = {groups}, got {channels}")
    center, area = kernel_size // 2, kernel_size**2
    before = torch.arange(area).reshape(kernel_size, kernel_size) < area // 2
    mask = before.expand(out_channels, in_channels, kernel_size, kernel_size).clone()
    color_in = torch.arange(in_channels) // (in_channels // groups)
    color_out = torch.arange(out_channels)[:, None] // (out_channels // groups)
    mask[:, :, center, center] = color_in <= color_out if kind == "B" else color_in < color_out
    return mask


def vertical_mask(kernel_size: int, kind: Kind, in_channels: int = 1, out_channels: int = 1) -> Tensor:
    """The weights of a 2-D convolution that look at rows above (A), or at those and their own row (B).

    The vertical stack of a gated PixelCNN: no column is hidden, so that no blind spot grows. After a first
    layer of type A, row i of any layer depends on rows < i of the image only, in every color.

    Returns
    -------
    Tensor
        Boolean, of shape (out_channels, in_channels, kernel_size, kernel_size).

    References
    ----------
    van den Oord et al. (2016), Conditional Image Generation with PixelCNN Decoders.

    Examples
    --------
    >>> from gdm_lib.masks import vertical_mask
    >>> [vertical_mask(3, kind)[0, 0].int().tolist() for kind in "AB"]
    [[[1, 1, 1], [0, 0, 0], [0, 0, 0]], [[1, 1, 1], [1, 1, 1], [0, 0, 0]]]
    """
    rows = causal_mask(kernel_size, kind)
    return rows[:, None].expand(out_channels, in_channels, kernel_size, kernel_size).clone()


def made_degrees(m: int, hidden: Sequence[int], order: Sequence[int] | None = None) -> list[Tensor]:
    """Degrees of a masked MLP: a unit of degree k may depend on the first k inputs of the order.

    Inputs and outputs have their places 1..m in the order. Hidden units take the degrees 1..m-1 in turn,
    never at random: random degrees can leave a degree out and so cut inputs off. A layer of w < m - 1 units
    cannot have them all: unit i then has the degree i m / (w + 1), rounded, so that each output misses no
    more than the last m / (w + 1) of the values before it.

    Parameters
    ----------
    m
        The number of inputs.
    hidden
        The width of each hidden layer. A width below m - 1 cuts links, which `check.causality` counts; the masks
        are then still causal.
    order
        order[j] is the place, 1..m, of input j; by default the inputs come in their own order.

    Returns
    -------
    list of Tensor
        Integer degrees of shapes (m,), (hidden[0],), ..., (m,).

    References
    ----------
    Germain, Gregor, Murray & Larochelle (2015), MADE: Masked Autoencoder for Distribution Estimation.

    Examples
    --------
    >>> from gdm_lib.masks import made_degrees
    >>> [d.tolist() for d in made_degrees(3, [4])]
    [[1, 2, 3], [1, 2, 1, 2], [1, 2, 3]]
    >>> made_degrees(9, [2])[1].tolist()
    [3, 6]
    """
    m = check_int("m", m)
    places = torch.arange(1, m + 1) if order is None else torch.as_tensor(order)
    if sorted(places.tolist()) != list(range(1, m + 1)):
        raise ValueError(f"order must hold each of 1..{m} once, got {places.tolist()}")
    widths = check_ints("hidden", hidden)
    return [places, *(_hidden_degrees(m, width) for width in widths), places.clone()]


def _hidden_degrees(m: int, width: int) -> Tensor:
    """Degrees of one hidden layer: 1..m-1 in turn, or, if it is too narrow for all of them, evenly spread."""
    unit = torch.arange(width)
    if width >= m - 1:
        return unit % max(1, m - 1) + 1
    return (2 * (unit + 1) * m + width + 1) // (2 * (width + 1))


def made_masks(degrees: Sequence[Tensor]) -> list[Tensor]:
    """One mask a layer: a unit sees units of degree <= its own; an output only those of degree < its own.

    Parameters
    ----------
    degrees
        Of the inputs, of each hidden layer, and of the outputs, as `made_degrees` makes them.

    Returns
    -------
    list of Tensor
        Boolean masks of shape (out, in); their product over the layers is positive only in the strict past.

    Examples
    --------
    >>> from gdm_lib.masks import made_degrees, made_masks
    >>> [mask.int().tolist() for mask in made_masks(made_degrees(2, [1]))]
    [[[1, 0]], [[0], [1]]]
    """
    if len(degrees) < 2:
        raise ValueError(f"degrees must hold those of the inputs and of the outputs, got {len(degrees)} entries")
    for entry in degrees:
        if entry.ndim != 1:
            raise ValueError(f"each entry of degrees must have shape (units,), got {tuple(entry.shape)}")
    pairs = list(pairwise(degrees))
    masks = [above[:, None] >= below for below, above in pairs[:-1]]        # (out, in)
    below, above = pairs[-1]
    return [*masks, above[:, None] > below]

"""Images that need no network: handwritten digits and patches of two photographs, as scikit-learn ships them."""

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits, load_sample_images
from torch import Tensor

from gdm_lib._shapes import check_int


class Split(NamedTuple):
    """Images in {0, ..., levels - 1} as int64, (N, C, H, W), and what they show, (N,)."""

    train: Tensor
    test: Tensor
    train_labels: Tensor
    test_labels: Tensor


def _quantize(values: Tensor, largest: int, levels: int) -> Tensor:
    """{0, ..., largest} onto {0, ..., levels - 1} in equal steps, order kept."""
    check_int("levels", levels, least=2)
    if levels > largest + 1:
        raise ValueError(f"levels must be at most {largest + 1}, what the data has, got {levels}")
    return values.long() * levels // (largest + 1)


def digits(levels: int = 17, seed: int = 0) -> Split:
    """The 1,797 digits of 8 x 8 pixels, 1,500 for training and 297 for testing.

    Parameters
    ----------
    levels
        Of grey: 17 are in the data, fewer are merged in equal steps.
    seed
        Of the split.

    Returns
    -------
    Split
        Images (N, 1, 8, 8) and labels 0..9.

    References
    ----------
    Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository.
    """
    bunch = load_digits()
    images = _quantize(torch.from_numpy(bunch.images)[:, None], 16, levels)     # (1797, 1, 8, 8)
    labels = torch.from_numpy(bunch.target)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    train, test = order[:1500], order[1500:]
    return Split(images[train], images[test], labels[train], labels[test])


@cache
def _photographs() -> list[Tensor]:
    return [torch.from_numpy(np.array(image)).permute(2, 0, 1) for image in load_sample_images().images]


def patches(size: int = 8, levels: int = 8, n_train: int = 4000, n_test: int = 1000, seed: int = 0) -> Split:
    """Colour patches cut at random from two photographs, a temple and a flower.

    Training patches come from the left three quarters of a photograph, test patches from the right
    quarter, so that none overlaps.

    Parameters
    ----------
    size
        Height and width in pixels.
    levels
        Of each colour, at most 256.
    n_train, n_test
        How many patches, half from each photograph.
    seed
        Of the places where they are cut.

    Returns
    -------
    Split
        Images (N, 3, size, size); the label is the photograph, 0 (temple) or 1 (flower).
    """
    generator = torch.Generator().manual_seed(seed)
    photographs = [_quantize(photograph, 255, levels) for photograph in _photographs()]
    height, width = photographs[0].shape[1:]
    border = width * 3 // 4
    if not 1 <= size <= width - border:
        raise ValueError(f"size must be from 1 to {width - border}, got {size}")

    def cut(n: int, left: int, right: int) -> tuple[Tensor, Tensor]:
        label = torch.arange(n) % 2
        rows = torch.randint(0, height - size + 1, (n,), generator=generator).tolist()
        columns = torch.randint(left, right - size + 1, (n,), generator=generator).tolist()
        cuts = zip(label.tolist(), rows, columns, strict=True)
        return torch.stack([photographs[k][:, i : i + size, j : j + size] for k, i, j in cuts]), label

    train, train_labels = cut(n_train, 0, border)
    test, test_labels = cut(n_test, border, width)
    return Split(train, test, train_labels, test_labels)

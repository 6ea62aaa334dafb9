"""The type that every data set of images returns: a training and a test set."""

from typing import NamedTuple

from torch import Tensor

from gdm_lib._shapes import check_int


class Split(NamedTuple):
    """Images in {0, ..., levels - 1} as int64, (N, C, H, W), and what they show, (N,)."""

    train: Tensor
    test: Tensor
    train_labels: Tensor
    test_labels: Tensor


def quantize(values: Tensor, largest: int, levels: int) -> Tensor:
    """{0, ..., largest} onto {0, ..., levels - 1} in equal steps, order kept."""
    check_int("levels", levels, least=2)
    if levels > largest + 1:
        raise ValueError(f"levels must be at most {largest + 1}, what the data has, got {levels}")
    return values.long() * levels // (largest + 1)

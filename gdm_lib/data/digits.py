"""Handwritten digits of 8 x 8 pixels, as scikit-learn ships them."""

import torch
from sklearn.datasets import load_digits

from gdm_lib.data.split import Split, quantize


def digits(levels: int = 17, seed: int = 0) -> Split:
    """The 1,797 digits of 8 x 8 pixels, 1,500 for training and 297 for testing.

    Parameters
    ----------
    levels
        Of gray: 17 are in the data, fewer are merged in equal steps.
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
    images = quantize(torch.from_numpy(bunch.images)[:, None], 16, levels)     # (1797, 1, 8, 8)
    labels = torch.from_numpy(bunch.target)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    train, test = order[:1500], order[1500:]
    return Split(images[train], images[test], labels[train], labels[test])

"""Small color patches of natural scenes, cut from the two photographs that scikit-learn ships."""

from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_sample_images
from torch import Tensor

from gdm_lib._shapes import check_int
from gdm_lib.data.split import Split, quantize


@cache
def _photographs() -> list[Tensor]:
    return [torch.from_numpy(np.array(image)).permute(2, 0, 1) for image in load_sample_images().images]


def patches(size: int = 8, levels: int = 8, n_train: int = 4000, n_test: int = 1000, seed: int = 0) -> Split:
    """Color patches cut at random from two photographs, a temple and a flower.

    Training patches come from the left three quarters of a photograph, test patches from the right
    quarter, so that none overlaps.

    Parameters
    ----------
    size
        Height and width in pixels.
    levels
        Of each color, at most 256.
    n_train, n_test
        How many patches, half from each photograph.
    seed
        Of the places where they are cut.

    Returns
    -------
    Split
        Images (N, 3, size, size); the label is the photograph, 0 (temple) or 1 (flower).
    """
    check_int("size", size)
    check_int("n_train", n_train)
    check_int("n_test", n_test)
    generator = torch.Generator().manual_seed(seed)
    photographs = [quantize(photograph, 255, levels) for photograph in _photographs()]
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

"""A loader of MNIST from the four files of its authors, which are to be downloaded separately."""

import gzip
import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gdm_lib.data.split import Split, quantize

FILES = ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte")


def mnist(folder: str | Path, levels: int = 256) -> Split:
    """60,000 training and 10,000 test images of handwritten digits, 28 x 28 pixels.

    Parameters
    ----------
    folder
        Where the four files lie, under their own names, packed (.gz) or not.
    levels
        Of gray, at most 256; 2 makes pixels of 128 and above 1, the others 0.

    Returns
    -------
    Split
        Images (N, 1, 28, 28) and labels 0..9.

    Raises
    ------
    FileNotFoundError
        If a file is missing; the message names it.
    ValueError
        If the content of a file does not fit its name.

    References
    ----------
    LeCun, Cortes & Burges (1998), The MNIST Database of Handwritten Digits.
    """
    train, test, train_labels, test_labels = (_read(Path(folder), name) for name in FILES)
    for images, labels, part in ((train, train_labels, "training"), (test, test_labels, "test")):
        if images.shape[1:] != (28, 28):
            raise ValueError(f"images must be 28 x 28, got {tuple(images.shape[1:])} in a file of {folder}")
        if len(images) != len(labels):
            raise ValueError(f"there are {len(images)} {part} images but {len(labels)} labels in {folder}")
    train, test = (quantize(images[:, None], 255, levels) for images in (train, test))
    for labels in (train_labels, test_labels):
        if labels.max() > 9:
            raise ValueError(f"labels must lie in 0..9, got {int(labels.max())} in a file of {folder}")
    return Split(train, test, train_labels.long(), test_labels.long())


def _read(folder: Path, name: str) -> Tensor:
    """An array in the IDX format: two zeros, the type (8 is uint8), the number of axes, each axis, the values."""
    packed = folder / f"{name}.gz"
    path = packed if packed.exists() else folder / name
    if not path.exists():
        raise FileNotFoundError(f"{name} or {name}.gz is missing in {folder}: download the four files of MNIST there")
    try:
        with gzip.open(path) if path == packed else path.open("rb") as file:
            content = file.read()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is broken ({error}): download it again") from error
    axes = 3 if "idx3" in name else 1
    header = 4 + 4 * axes
    if len(content) < header or content[:4] != bytes([0, 0, 8, axes]):
        raise ValueError(f"{path} is not an IDX file of bytes with {axes} axes")
    shape = struct.unpack(f">{axes}I", content[4:header])
    values = np.frombuffer(content, np.uint8, offset=header)
    if values.size != np.prod(shape):
        raise ValueError(f"{path} should hold {np.prod(shape)} bytes for shape {shape}, but holds {values.size}")
    return torch.from_numpy(values.reshape(shape).copy())

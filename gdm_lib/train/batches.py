"""The data of `fit`: tensors of one length, cut into batches that depend on nothing but seed and step."""

import hashlib
import math
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from gdm_lib._shapes import described, value_range

Columns = tuple[Tensor, ...]


def columns_of(name: str, data: Any, like: Tensor) -> Columns:
    """The tensors of a data set, each (N, ...).

    A tensor, a numpy array, a tuple of them, a Dataset or a DataLoader, of which all samples are read once. Real
    numbers of numpy come in the dtype of `like`, a parameter of the model.
    """
    if data is None:
        return ()
    if isinstance(data, DataLoader):
        data = _all_of(data.dataset, data.collate_fn)
    elif isinstance(data, Dataset):
        data = _all_of(data, default_collate)
    parts = data if isinstance(data, tuple) else (data,)
    columns = tuple(_column(name, part, like) for part in parts)
    lengths = [len(column) for column in columns]
    if not lengths or 0 in lengths or len(set(lengths)) > 1:
        raise ValueError(f"{name} must hold at least one sample, and as many in each tensor; got lengths {lengths}")
    for column in columns:
        ends = value_range(column) if column.is_floating_point() else None      # a fifth of the time of isfinite
        if ends and not all(map(math.isfinite, ends)):
            wrong = (~column.isfinite()).flatten(1).any(1).nonzero()[0].item() if column.ndim > 1 else "one"
            raise ValueError(f"{name} must hold finite numbers; sample {wrong} has NaN or infinity")
    return columns


def _all_of(dataset: Any, collate: Any) -> Any:
    if not hasattr(dataset, "__len__"):
        raise ValueError(f"data must have a length, and {type(dataset).__name__} has none: collect its samples first")
    samples = collate([dataset[i] for i in range(len(dataset))])
    return tuple(samples) if isinstance(samples, list) else samples


def _column(name: str, part: Any, like: Tensor) -> Tensor:
    if isinstance(part, np.ndarray) and part.dtype.kind in "fiub":
        column = torch.from_numpy(part.copy())
        return column.to(like.dtype) if column.is_floating_point() else column
    if not isinstance(part, Tensor) or part.ndim == 0:
        raise ValueError(f"{name} must be a tensor of samples (N, ...), a numpy array, a DataLoader, or a tuple "
                         f"such as (samples, context); got {described(part)}: "
                         "torch.stack makes a tensor of a list")
    return part


def batch_of(columns: Columns, size: int, step: int, seed: int, device: torch.device) -> Columns:
    """Batch number `step` of a stream that goes through all samples in one random order after another."""
    if not columns:
        return ()
    n = len(columns[0])
    size = min(size, n)
    first, end = step * size, (step + 1) * size
    parts = []
    for epoch in range(first // n, (end - 1) // n + 1):
        begin = epoch * n
        parts.append(order_of(n, seed, epoch)[max(0, first - begin) : end - begin])
    chosen = torch.cat(parts)
    return tuple(column[chosen.to(column.device)].to(device) for column in columns)


@lru_cache(maxsize=2)
def order_of(n: int, seed: int, epoch: int) -> Tensor:
    """The order of one epoch; two are kept, since a batch may begin in one and end in the next."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(hash((seed, epoch)) % 2**63))


def fingerprint(columns: Columns) -> str:
    """A text that differs when the data does: shapes, dtypes, and a checksum of all bytes."""
    digest = hashlib.blake2b(digest_size=8)
    shapes = []
    for column in columns:
        shapes.append(f"{str(column.dtype).removeprefix('torch.')}{list(column.shape)}")
        digest.update(column.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return f"{' and '.join(shapes) or 'none'}, checksum {digest.hexdigest()}" if columns else "none"

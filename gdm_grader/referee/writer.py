"""Turn values into the JSON and the tensors of a message."""

from collections.abc import Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from gdm_grader.referee.data_types import CHAR_BYTES, fields_of, parts_of
from gdm_grader.referee.protocol import DTYPES, MAX_FRAME_BYTES, MAX_INT_BITS, MAX_VALUE_DEPTH, MAX_VALUES, Unreadable

_CONTAINERS = {list: "list", tuple: "tuple", torch.Size: "size", set: "set", frozenset: "set"}
_ITERATORS = (map, zip, filter, reversed, enumerate, Iterator)


class Writer:
    """Turns values into JSON; the tensors collect in `tensors`."""

    def __init__(self) -> None:
        self.tensors: list[torch.Tensor] = []
        self._count = 0

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON of a value; Unreadable if it is too deep, too large or no data."""
        self._count += 1
        if depth > MAX_VALUE_DEPTH or self._count > MAX_VALUES:
            raise Unreadable("a value that is nested too deeply, or has too many parts")
        own = self.own(value, depth)
        return self.data(value, depth + 1) if own is None else own

    def own(self, value: Any, depth: int) -> Any:
        """Return what this end sends in place of data; None if the value goes as data."""

    def data(self, value: Any, depth: int) -> Any:
        """Return the JSON of a value as data, whatever `own` says."""
        if isinstance(value, np.generic):
            return self._scalar(value, depth)
        if isinstance(value, int) and value.bit_length() > MAX_INT_BITS:
            raise Unreadable(f"a whole number of more than {MAX_INT_BITS} bits")
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, torch.Tensor):
            return ["tensor", self.store(value)]
        if isinstance(value, np.ndarray):
            return self._array(value, depth)
        found = None if type(value) is tuple or (isinstance(value, tuple) and not fields_of(value)) else parts_of(value)
        if found is not None:
            return ["data", found[0], *(self.value(part, depth) for part in found[1])]
        for kind, name in _CONTAINERS.items():
            if type(value) is kind or (isinstance(value, kind) and kind is not tuple and kind is not torch.Size):
                return [name, *(self.value(entry, depth) for entry in value)]
        if isinstance(value, tuple):
            return ["tuple", *(self.value(entry, depth) for entry in value)]
        if isinstance(value, dict):
            return ["dict", *([self.value(key, depth), self.value(entry, depth)] for key, entry in value.items())]
        if isinstance(value, SimpleNamespace):
            return ["namespace", *([key, self.value(entry, depth)] for key, entry in vars(value).items())]
        if isinstance(value, torch.dtype):
            return ["dtype", str(value).removeprefix("torch.")]
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        if isinstance(value, _ITERATORS):
            return ["iterator", *(self.value(entry, depth) for entry in islice(value, MAX_VALUES))]
        return self.other(value)

    def _scalar(self, value: np.generic, depth: int) -> Any:
        """Return the form of one of NumPy's numbers; a text, and what is wider than torch has, becomes Python's own."""
        if value.dtype.kind in "US":
            return self.data(value.item(), depth)
        if value.dtype.kind == "c":
            return self.data(complex(value), depth)
        if value.dtype == np.longdouble:
            return float(value)
        if value.dtype.kind not in "biuf":
            return self.other(value)
        return ["scalar", self.store(torch.from_numpy(np.array(value)))]

    def _array(self, value: np.ndarray, depth: int) -> Any:
        """Return the form of an array: numbers as a tensor, real and imaginary parts as two, others entry by entry."""
        kind = value.dtype.kind
        if kind == "c" and value.dtype != np.complex64:
            return ["pairs", self._array(value.real, depth), self._array(value.imag, depth)]
        if kind in "UO":
            if value.nbytes > MAX_FRAME_BYTES:
                raise Unreadable(f"an array of more than {MAX_FRAME_BYTES >> 20} MB")
            entries = [self.value(entry, depth) for entry in value.ravel().tolist()]
            shape = list(value.shape)
            if kind == "U":
                return ["texts", shape, max(value.dtype.itemsize // CHAR_BYTES, 1), *entries]
            return ["objects", shape, *entries]
        if value.dtype == np.longdouble:
            value = value.astype(np.float64)
        return ["array", self.store(torch.from_numpy(np.ascontiguousarray(value)).view(value.shape))]

    def other(self, value: Any) -> Any:
        """Return what this end sends of what is no data."""
        raise Unreadable(f"a value of type {type(value).__name__}")

    def store(self, tensor: torch.Tensor) -> int:
        """Keep a copy of a tensor for the frame, and return its place there; a sparse one becomes dense."""
        if tensor.layout != torch.strided:
            tensor = _dense(tensor)
        if tensor.dtype not in DTYPES.values():
            raise Unreadable(f"a tensor of {tensor.dtype}")
        plain = tensor.detach().as_subclass(torch.Tensor).cpu().resolve_conj().resolve_neg()
        self.tensors.append(plain.clone(memory_format=torch.contiguous_format))
        return len(self.tensors) - 1


def _dense(tensor: torch.Tensor) -> torch.Tensor:
    """Return a sparse tensor as an ordinary one; Unreadable if that is too large for a frame, or impossible."""
    if tensor.numel() * tensor.element_size() > MAX_FRAME_BYTES:
        raise Unreadable(f"a sparse tensor of more than {MAX_FRAME_BYTES >> 20} MB")
    try:
        return tensor.detach().to_dense()
    except RuntimeError:
        raise Unreadable(f"a tensor of the layout {tensor.layout}") from None

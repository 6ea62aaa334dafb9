"""What goes between the grader and a kernel: JSON for the form, safetensors for the numbers, nothing that runs.

A frame is two lengths, the JSON and the tensors. In the JSON a value is a scalar, or a list that begins with its
kind: `["tuple", 1, ["tensor", 0, 0]]`. Both ends write and read with the classes below; what one end cannot turn into
data (functions, objects) it turns into a kind of its own. Costs about 0.1 ms a message.
"""

import json
import struct
from collections.abc import Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from safetensors.torch import load, save

HEADER = struct.Struct("!II")
LARGEST = 4 << 20  # bytes of one frame
DEEPEST = 40
MOST = 100_000  # values in one message
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16,
    torch.float32, torch.float64, torch.complex64)}
_CONTAINERS = {list: "list", tuple: "tuple", torch.Size: "size", set: "set", frozenset: "set"}
_ITERATORS = (map, zip, filter, range, reversed, enumerate, Iterator)


class Unreadable(ValueError):
    """A frame, or a value, that is not data of this form."""


def frame(message: dict[str, Any], tensors: list[torch.Tensor]) -> bytes:
    text = json.dumps(message).encode()
    blob = save({str(number): tensor for number, tensor in enumerate(tensors)}) if tensors else b""
    if len(text) + len(blob) > LARGEST:
        raise Unreadable(f"more than {LARGEST >> 20} MB")
    return HEADER.pack(len(text), len(blob)) + text + blob


def size_of(start: bytes) -> int:
    """The length of the frame that begins so, 0 if its header is not there yet."""
    if len(start) < HEADER.size:
        return 0
    size = HEADER.size + sum(HEADER.unpack_from(start))
    if size > LARGEST + HEADER.size:
        raise Unreadable(f"more than {LARGEST >> 20} MB")
    return size


def parse(data: bytes) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """The message and the tensors of a whole frame, from whoever wrote it."""
    text, blob = HEADER.unpack_from(data)
    try:
        message = json.loads(data[HEADER.size:HEADER.size + text])
        named = load(data[HEADER.size + text:]) if blob else {}
        tensors = [_plain(named[str(number)]) for number in range(len(named))]
    except Exception as error:  # forged data may break the parsers anywhere
        raise Unreadable(type(error).__name__) from None
    if not isinstance(message, dict) or any(tensor.dtype not in DTYPES.values() for tensor in tensors):
        raise Unreadable("a message of another form")
    return message, tensors


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """Memory of its own, and only 0 and 1 in what says to be boolean."""
    return tensor.view(torch.uint8).ne(0) if tensor.dtype == torch.bool else tensor.clone()


class Writer:
    """Turns values into JSON; the tensors collect in `tensors`."""

    def __init__(self) -> None:
        self.tensors: list[torch.Tensor] = []
        self._count = 0

    def value(self, value: Any, depth: int = 0) -> Any:
        self._count += 1
        if depth > DEEPEST or self._count > MOST:
            raise Unreadable("a value that is nested too deeply, or has too many parts")
        own = self.own(value, depth)
        return self.data(value, depth + 1) if own is None else own

    def own(self, value: Any, depth: int) -> Any:
        """What this end sends in place of data; None if it is to be data."""

    def data(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.generic):
            return ["scalar", self.store(torch.from_numpy(np.array(value)))]
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, torch.Tensor):
            return ["tensor", self.store(value)]
        if isinstance(value, np.ndarray):
            return ["array", self.store(torch.from_numpy(np.ascontiguousarray(value)))]
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
            return ["iterator", *(self.value(entry, depth) for entry in islice(value, MOST))]
        return self.other(value)

    def other(self, value: Any) -> Any:
        raise Unreadable(f"a value of type {type(value).__name__}")

    def store(self, tensor: torch.Tensor) -> int:
        if tensor.layout != torch.strided:
            raise Unreadable("a sparse tensor; to_dense() makes a tensor that can be read")
        if tensor.dtype not in DTYPES.values():
            raise Unreadable(f"a tensor of {tensor.dtype}")
        plain = tensor.detach().as_subclass(torch.Tensor).cpu().resolve_conj().resolve_neg()
        self.tensors.append(plain.clone(memory_format=torch.contiguous_format))
        return len(self.tensors) - 1


class Reader:
    """Turns JSON back into values. Everything is checked: the kernel's end may have been written by anyone."""

    def __init__(self, tensors: list[torch.Tensor]) -> None:
        self.tensors = tensors
        self._count = 0

    def value(self, node: Any, depth: int = 0) -> Any:
        self._count += 1
        if depth > DEEPEST or self._count > MOST:
            raise Unreadable("a value that is nested too deeply, or has too many parts")
        if isinstance(node, str):
            return node.encode("utf-8", "replace").decode()
        if not isinstance(node, list):
            if isinstance(node, dict):
                raise Unreadable("a value of no known kind")
            return node
        try:
            kind, *body = node
            read = getattr(self, f"read_{kind}")
        except (ValueError, AttributeError, TypeError):
            raise Unreadable("a value of no known kind") from None
        try:
            return read(body, depth + 1)
        except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
            raise error if isinstance(error, Unreadable) else Unreadable("a value of another form") from None

    def _entries(self, body: list, depth: int) -> Iterator[Any]:
        return (self.value(entry, depth) for entry in body)

    def read_list(self, body: list, depth: int) -> list:
        return list(self._entries(body, depth))

    def read_tuple(self, body: list, depth: int) -> tuple:
        return tuple(self._entries(body, depth))

    def read_size(self, body: list, depth: int) -> torch.Size:
        return torch.Size(self._entries(body, depth))

    def read_set(self, body: list, depth: int) -> set:
        return set(self._entries(body, depth))

    def read_iterator(self, body: list, depth: int) -> Iterator[Any]:
        return iter(list(self._entries(body, depth)))

    def read_dict(self, body: list, depth: int) -> dict:
        return {self.value(key, depth): self.value(entry, depth) for key, entry in body}

    def read_namespace(self, body: list, depth: int) -> SimpleNamespace:
        return SimpleNamespace(**{key: self.value(entry, depth) for key, entry in body})

    def read_dtype(self, body: list, depth: int) -> torch.dtype:
        return DTYPES[body[0]]

    def read_complex(self, body: list, depth: int) -> complex:
        return complex(*map(float, body))

    def read_array(self, body: list, depth: int) -> np.ndarray:
        return self.stored(body[0]).numpy()

    def read_scalar(self, body: list, depth: int) -> Any:
        return self.stored(body[0]).numpy()[()]

    def read_tensor(self, body: list, depth: int) -> torch.Tensor:
        return self.stored(body[0])

    def stored(self, number: Any) -> torch.Tensor:
        if not isinstance(number, int) or number < 0:
            raise Unreadable("a tensor of no number")
        return self.tensors[number]

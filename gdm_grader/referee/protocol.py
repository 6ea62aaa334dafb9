"""The messages between the grader and a kernel: JSON for the form, safetensors for the numbers, nothing that runs.

A frame is two lengths, the JSON and the tensors. Both ends write and read with the classes below; what one end cannot
turn into data (functions, objects) it turns into a form of its own. Costs about 0.1 ms a message.

Messages, each a dict with "op" and "n", the number of the question that it belongs to:

| op | direction | other keys | reply |
|---|---|---|---|
| look | to the kernel | names | result: a dict of those that the notebook has |
| seed | to the kernel | seed, the kernel's own | result: None |
| call | to the kernel | target, args, kwargs, grad (whether gradients are on) | result or error |
| attribute | to the kernel | target, name | result or error |
| pull | to the kernel | tensor, leaves, grad | result: a gradient or None a leaf |
| inside | to the kernel | copy (its number), cell (source, before, seconds, token) | result: what the copy says |
| return, raise | to the kernel | value; type, message | go on with what asked |
| end | to the kernel | | none |
| result | to the referee | value, changed | |
| error | to the referee | type, message, trace, changed | |
| callback | to the referee | target, args, kwargs, grad, changed | return or raise |
| pullback | to the referee | result, inputs, seed, changed | return or raise |

"changed" is a list of [name, value]: what the student's code changed since the last message, by its name: ["same", n]
for what the referee passed, ["kept", n] for what the kernel did.

In the JSON a value is a scalar, or a list that begins with its form:

| form | direction | what it is |
|---|---|---|
| list, tuple, size, set, iterator | both | entries |
| dict, namespace | both | pairs |
| dtype; complex | both | its name; two numbers |
| array, scalar | both | place of a tensor in the frame |
| tensor, place | both | a tensor without a gradient |
| tensor, place, number, how | to the kernel | numbered; how: 0, "leaf" or "inside" a graph |
| numbered, number, value | to the kernel | what can be changed, and is known by this number |
| again, number | to the kernel | what stands in this message already |
| function, number, name | to the kernel | a function of the test |
| kept, number | to the kernel | what the kernel has |
| tensor, place, number, needs | to the referee | numbered; needs: whether it has a graph there |
| same, number | to the referee | what the referee passed |
| opaque, number, type, calls | to the referee | an object that stays there; calls: whether it can be called |
"""

import json
import math
import struct
from collections.abc import Callable, Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from safetensors.torch import load, save

HEADER = struct.Struct("!II")
MAX_FRAME_BYTES = 4 << 20
MAX_VALUE_DEPTH = 40  # of lists within lists
MAX_VALUES = 100_000  # in one message
MAX_KEYS = 10_000  # of one dict or set: keys of one hash cost their number squared
MAX_INT_BITS = 63
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16,
    torch.float32, torch.float64, torch.complex64)}
_CONTAINERS = {list: "list", tuple: "tuple", torch.Size: "size", set: "set", frozenset: "set"}
_ITERATORS = (map, zip, filter, range, reversed, enumerate, Iterator)


class Unreadable(ValueError):
    """A frame, or a value, that is not data of this form."""


def frame(message: dict[str, Any], tensors: list[torch.Tensor]) -> bytes:
    """Return a message with its tensors as bytes; Unreadable if it is too large."""
    text = json.dumps(message).encode()
    blob = save({str(number): tensor for number, tensor in enumerate(tensors)}) if tensors else b""
    if len(text) + len(blob) > MAX_FRAME_BYTES:
        raise Unreadable(f"more than {MAX_FRAME_BYTES >> 20} MB")
    return HEADER.pack(len(text), len(blob)) + text + blob


def size_of(start: bytes) -> int:
    """The length of the frame that begins so, 0 if its header is not there yet."""
    if len(start) < HEADER.size:
        return 0
    size = HEADER.size + sum(HEADER.unpack_from(start))
    if size > MAX_FRAME_BYTES + HEADER.size:
        raise Unreadable(f"more than {MAX_FRAME_BYTES >> 20} MB")
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
    for tensor in tensors:
        refuse_vast(tensor)
    return message, tensors


def refuse_vast(tensor: torch.Tensor) -> None:
    """Unreadable for an empty tensor of a shape that nothing can be computed from."""
    if math.prod(max(size, 1) for size in tensor.shape) > MAX_FRAME_BYTES:
        raise Unreadable("an empty tensor of a shape that nothing can be computed from")


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """Memory of its own, and only 0 and 1 in what says to be boolean."""
    return tensor.view(torch.uint8).ne(0) if tensor.dtype == torch.bool else tensor.clone()


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
            return ["iterator", *(self.value(entry, depth) for entry in islice(value, MAX_VALUES))]
        return self.other(value)

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


class Reader:
    """Turns JSON back into values. Everything is checked: the kernel's end may have been written by anyone."""

    def __init__(self, tensors: list[torch.Tensor]) -> None:
        self.tensors = tensors
        self.forms: dict[str, Callable[[list, int], Any]] = {
            "list": self.read_list, "tuple": self.read_tuple, "size": self.read_size, "set": self.read_set,
            "iterator": self.read_iterator, "dict": self.read_dict, "namespace": self.read_namespace,
            "dtype": self.read_dtype, "complex": self.read_complex, "array": self.read_array,
            "scalar": self.read_scalar, "tensor": self.read_tensor}
        self._count = 0
        self._taken: set[int] = set()  # tensors that a value has: no two share one

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of a node; Unreadable if it has none."""
        self._count += 1
        if depth > MAX_VALUE_DEPTH or self._count > MAX_VALUES:
            raise Unreadable("a value that is nested too deeply, or has too many parts")
        if isinstance(node, list):
            return self._form(node, depth)
        if isinstance(node, str):
            return node.encode("utf-8", "replace").decode()
        if isinstance(node, dict) or (isinstance(node, int) and node.bit_length() > MAX_INT_BITS):
            raise Unreadable("a value of no known kind")
        return node

    def _form(self, node: list, depth: int) -> Any:
        if not node or not isinstance(node[0], str) or node[0] not in self.forms:
            raise Unreadable("a value of no known kind")
        try:
            return self.forms[node[0]](node[1:], depth + 1)
        except (TypeError, ValueError, IndexError, KeyError, OverflowError, RuntimeError) as error:
            raise error if isinstance(error, Unreadable) else Unreadable("a value of another form") from None

    def _entries(self, body: list, depth: int) -> Iterator[Any]:
        return (self.value(entry, depth) for entry in body)

    def read_list(self, body: list, depth: int) -> list:
        """The form `list`: entries."""
        return list(self._entries(body, depth))

    def read_tuple(self, body: list, depth: int) -> tuple:
        """The form `tuple`: entries."""
        return tuple(self._entries(body, depth))

    def read_size(self, body: list, depth: int) -> torch.Size:
        """The form `size`: entries."""
        return torch.Size(self._entries(body, depth))

    def read_set(self, body: list, depth: int) -> set:
        """The form `set`: entries."""
        _few(body)
        return set(self._entries(body, depth))

    def read_iterator(self, body: list, depth: int) -> Iterator[Any]:
        """The form `iterator`: entries."""
        return iter(list(self._entries(body, depth)))

    def read_dict(self, body: list, depth: int) -> dict:
        """The form `dict`: pairs."""
        _few(body)
        return {self.value(key, depth): self.value(entry, depth) for key, entry in body}

    def read_namespace(self, body: list, depth: int) -> SimpleNamespace:
        """The form `namespace`: pairs."""
        _few(body)
        return SimpleNamespace(**{key: self.value(entry, depth) for key, entry in body})

    def read_dtype(self, body: list, depth: int) -> torch.dtype:
        """The form `dtype`: a name."""
        return DTYPES[body[0]]

    def read_complex(self, body: list, depth: int) -> complex:
        """The form `complex`: two numbers."""
        return complex(*map(float, body))

    def read_array(self, body: list, depth: int) -> np.ndarray:
        """The form `array`: a place."""
        return self.stored(body[0]).numpy()

    def read_scalar(self, body: list, depth: int) -> Any:
        """The form `scalar`: a place."""
        return self.stored(body[0]).numpy()[()]

    def read_tensor(self, body: list, depth: int) -> torch.Tensor:
        """The form `tensor`: a place."""
        return self.stored(body[0])

    def stored(self, number: Any) -> torch.Tensor:
        """The tensor of this place in the frame; each belongs to one value."""
        if type(number) is not int or number < 0 or number in self._taken:
            raise Unreadable("a tensor of no number")
        self._taken.add(number)
        return self.tensors[number]


def _few(body: list) -> None:
    if len(body) > MAX_KEYS:
        raise Unreadable(f"more than {MAX_KEYS} keys")

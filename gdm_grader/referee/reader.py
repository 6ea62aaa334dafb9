"""Turn the JSON and the tensors of a message back into values."""

import math
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from gdm_grader.referee.data_types import CHAR_BYTES, made_of
from gdm_grader.referee.protocol import (
    DTYPES,
    MAX_FRAME_BYTES,
    MAX_INT_BITS,
    MAX_KEYS,
    MAX_VALUE_DEPTH,
    MAX_VALUES,
    Unreadable,
)


class Reader:
    """Turns JSON back into values. Everything is checked: the kernel's end may have been written by anyone."""

    def __init__(self, tensors: list[torch.Tensor], hear: Callable[[str], None] | None = None) -> None:
        self.tensors = tensors
        self.hear = hear  # is told of each text
        self.forms: dict[str, Callable[[list, int], Any]] = {
            "list": self.read_list, "tuple": self.read_tuple, "size": self.read_size, "set": self.read_set,
            "iterator": self.read_iterator, "dict": self.read_dict, "namespace": self.read_namespace,
            "dtype": self.read_dtype, "complex": self.read_complex, "array": self.read_array,
            "scalar": self.read_scalar, "tensor": self.read_tensor, "data": self.read_data, "pairs": self.read_pairs,
            "texts": self.read_texts, "objects": self.read_objects}
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
            return self.text(node)
        if isinstance(node, dict) or (isinstance(node, int) and node.bit_length() > MAX_INT_BITS):
            raise Unreadable("a value of no known kind")
        return node

    def text(self, text: Any) -> str:
        """Return a text, or a name, as one that can be written anywhere."""
        if not isinstance(text, str):
            raise Unreadable("a name that is no text")
        if self.hear is not None:
            self.hear(text)
        return text.encode("utf-8", "replace").decode()

    def _form(self, node: list, depth: int) -> Any:
        if not node or not isinstance(node[0], str) or node[0] not in self.forms:
            raise Unreadable("a value of no known kind")
        try:
            return self.forms[node[0]](node[1:], depth + 1)
        except (TypeError, ValueError, IndexError, KeyError, ArithmeticError, RuntimeError) as error:
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
        """The form `namespace`: pairs; Unreadable for a name by which libraries ask what an object is.

        NumPy takes what has an `__array_interface__` for an array at that address, in the memory of this process.
        """
        _few(body)
        if any(str(key).startswith("__") for key, _ in body):
            raise Unreadable("an object with a name that Python and its libraries keep for themselves")
        return SimpleNamespace(**{self.text(key): self.value(entry, depth) for key, entry in body})

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

    def read_data(self, body: list, depth: int) -> Any:
        """The form `data`: the name of a type, and parts."""
        name, *parts = body
        return made_of(name, [self.value(part, depth) for part in parts])

    def read_pairs(self, body: list, depth: int) -> np.ndarray:
        """The form `pairs`: the arrays of the real and of the imaginary parts."""
        real, imaginary = (self.value(part, depth) for part in body)
        if not (isinstance(real, np.ndarray) and isinstance(imaginary, np.ndarray) and real.shape == imaginary.shape):
            raise Unreadable("parts of another form")
        return real + 1j * imaginary

    def read_texts(self, body: list, depth: int) -> np.ndarray:
        """The form `texts`: a shape, how many characters each has at most, and the texts."""
        shape, width, *nodes = body
        texts = self._entries_of(shape, nodes, depth)
        if type(width) is not int or width < 1 or len(texts) * width * CHAR_BYTES > MAX_FRAME_BYTES:
            raise Unreadable(f"an array of more than {MAX_FRAME_BYTES >> 20} MB")
        return np.array(texts, dtype=f"U{width}").reshape(shape)

    def read_objects(self, body: list, depth: int) -> np.ndarray:
        """The form `objects`: a shape, and the entries."""
        shape, *nodes = body
        made = np.empty(len(nodes), dtype=object)
        for place, entry in enumerate(self._entries_of(shape, nodes, depth)):
            made[place] = entry
        return made.reshape(shape)

    def _entries_of(self, shape: Any, nodes: list, depth: int) -> list[Any]:
        """Return the entries of an array of this shape; Unreadable if they do not fill it."""
        if not isinstance(shape, list) or len(shape) > MAX_VALUE_DEPTH or not all(type(size) is int for size in shape):
            raise Unreadable("a shape of another form")
        if math.prod(max(size, 1) for size in shape) > MAX_VALUES or math.prod(shape) != len(nodes):
            raise Unreadable("a shape of another size")
        return [self.value(node, depth) for node in nodes]

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

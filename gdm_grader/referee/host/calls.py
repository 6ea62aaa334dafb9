"""Keep what tests ask of a student's functions and what comes back, so that a mistake can be recognized."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from gdm_grader.referee.data_types import DATA_TYPES, Named, parts_of
from gdm_grader.referee.host.proxies import RemoteFunction, RemoteObject, renamed, words_of

MAX_CALLS = 2_000  # that one test cell keeps
MAX_KEPT_BYTES = 64 << 20  # of tensors in these calls
MAX_SHOWN_CHARS = 300
BRACKETS = {"list": "[]", "tuple": "()", "Size": "()", "set": "{}"}
DIGITS = re.compile(r"0x[0-9a-f]+|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
Frozen = tuple[Any, ...]


@dataclass(frozen=True)
class Call:
    """Arguments before and after, and the result, each without its graph.

    In place of a result an error is kept as ("error", its type's name, its words without their numbers).
    """

    name: str
    given: Frozen
    left: Frozen
    result: Frozen


class Recorder:
    """The calls of the test cell that runs."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._bytes = 0

    def begin(self) -> list[Call]:
        """Start the list of calls of the next test cell, and return it."""
        self.calls, self._bytes = [], 0
        return self.calls

    def heard(self, name: str, value: Any) -> Any:
        """The same function, with its calls kept; anything but a function stays as it is."""
        if not isinstance(value, RemoteFunction):
            return value
        return renamed(_RecordedFunction, value.__dict__["_kind"])(value, name, self)

    def observed(self, name: str, function: Callable, arguments: tuple, named: dict[str, Any]) -> Any:
        """Call a student's function and keep the call; an error that it raises is kept, too, and raised again."""
        given = freeze([*arguments, named] if named else list(arguments))
        try:
            result = function(*arguments, **named)
        except Exception as error:
            kind, words = words_of(error)
            self._keep(Call(name, given, (), ("error", kind, without_numbers(words))))
            raise
        self._keep(Call(name, given, freeze([*arguments, named] if named else list(arguments)), freeze(result)))
        return result

    def _keep(self, call: Call) -> None:
        self._bytes += held_bytes((call.given, call.left, call.result))
        if len(self.calls) < MAX_CALLS and self._bytes <= MAX_KEPT_BYTES:
            self.calls.append(call)


class _RecordedFunction(RemoteFunction):
    """A proxy whose calls are kept."""

    def __init__(self, function: RemoteFunction, name: str, recorder: Recorder) -> None:
        self.__dict__.update(function.__dict__, _name=name, _recorder=recorder)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._recorder.observed(self._name, super().__call__, arguments, named)


def freeze(value: Any, tensors: dict[int, Frozen] | None = None) -> Frozen:
    """A value as it is now: its kind first, then its parts.

    `tensors` are those, and arrays, that were copied already, by their id: a list may hold one of them many thousand
    times.
    """
    copied = {} if tensors is None else tensors
    if isinstance(value, (torch.Tensor, np.ndarray)):
        if id(value) not in copied:
            copied[id(value)] = _frozen_tensor(value)
        return copied[id(value)]
    if isinstance(value, np.generic):
        return _frozen_array(np.array(value))
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, Named) else type(value).__name__
        return (kind, *(freeze(part, copied) for part in value))
    if isinstance(value, dict):
        return ("dict", *((freeze(key, copied), freeze(entry, copied)) for key, entry in value.items()))
    if isinstance(value, SimpleNamespace):
        return ("namespace", *((key, freeze(entry, copied)) for key, entry in vars(value).items()))
    if isinstance(value, (set, frozenset)):
        return ("set", *sorted((freeze(part, copied) for part in value), key=repr))
    if value is None or isinstance(value, (bool, int, float, complex, str, torch.dtype)):
        return ("value", value)
    apart = parts_of(value)
    if apart is None:  # a function, or what has no parts, such as an iterator
        return ("object", value.__dict__["_kind"] if isinstance(value, RemoteObject) else type(value).__name__)
    return (apart[0], *(freeze(part, copied) for part in apart[1]))


def _frozen_tensor(value: torch.Tensor | np.ndarray) -> Frozen:
    if isinstance(value, np.ndarray):
        return _frozen_array(np.array(value))
    return ("tensor", value.detach().clone(), value.requires_grad)


def _frozen_array(value: np.ndarray) -> Frozen:
    if value.dtype.kind in "UO":
        return ("list", *map(freeze, value.ravel().tolist()))
    return ("array", torch.from_numpy(value), False)


def without_numbers(words: str) -> str:
    """Return an error's words with a mark for each number, which depends on the inputs, or on a place in memory."""
    return DIGITS.sub("#", words)


def alike(one: Any, other: Any) -> bool:
    """Compare two frozen values, up to rounding and the precision of floating point."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        floating = one.is_floating_point() and other.is_floating_point()
        if one.shape != other.shape or not (floating or one.dtype == other.dtype):
            return False
        wide = torch.complex128 if one.is_complex() else torch.float64
        return torch.allclose(one.to(wide), other.to(wide), 1e-4, 1e-5, equal_nan=True)
    if isinstance(one, tuple) and isinstance(other, tuple):
        if one[:1] == ("object",) and other[:1] == ("object",):
            return True
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-4, abs_tol=1e-5) or (one != one and other != other)
    return type(one) is type(other) and bool(one == other)


def without_form(value: Frozen) -> Frozen:
    """Return a frozen result as its numbers alone, as the tests take them.

    An array, a number, a list of numbers and a mask of 0 and 1 are the tensor that they stand for, whether it has a
    graph or not; axes of length 1 go; a list of tensors is a tuple.
    """
    kind, *parts = value
    if kind in ("tensor", "array") and not parts[0].is_complex():
        return ("tensor", parts[0].double().squeeze())
    if kind == "value" and isinstance(parts[0], (int, float)):
        return ("tensor", torch.tensor(float(parts[0]), dtype=torch.float64))
    if kind in ("list", "tuple"):
        entries = tuple(map(without_form, parts))
        numbers = entries and all(entry[0] == "tensor" and entry[1].dim() == 0 for entry in entries)
        return ("tensor", torch.stack([entry[1] for entry in entries])) if numbers else ("tuple", *entries)
    return value


def has_graph(value: Any) -> bool:
    """Return whether a frozen value holds a tensor with a graph."""
    if not isinstance(value, tuple):
        return False
    return (value[:1] == ("tensor",) and value[-1] is True) or any(map(has_graph, value))


def held_bytes(value: Any) -> int:
    """Memory that the tensors in a frozen value hold."""
    if isinstance(value, torch.Tensor):
        return value.numel() * value.element_size()
    return sum(map(held_bytes, value)) if isinstance(value, tuple) else 0


def size(value: Any) -> int:
    """Return how many numbers there are to read in a frozen value."""
    if isinstance(value, torch.Tensor):
        return value.numel()
    return sum(map(size, value)) if isinstance(value, tuple) else 1


def render(value: Frozen, most: int = MAX_SHOWN_CHARS) -> str:
    """Return a frozen value as one would write it."""
    kind, *parts = value
    if kind == "tensor":
        text = " ".join(repr(parts[0]).split())
    elif kind == "array":
        text = " ".join(repr(parts[0].numpy()).split())
    elif kind == "error":
        text = f"the error {parts[0]}"
    elif kind == "object":
        text = "a function" if parts[0] in ("function", "builtin_function_or_method") else f"a {parts[0]}"
    elif kind in ("namespace", "dict"):
        text = f"a {'model' if kind == 'namespace' else 'dict'}"
    elif kind in DATA_TYPES:
        text = f"{kind}({', '.join(render(part, most) for part in parts)})"
    elif kind in BRACKETS:
        text = ", ".join(render(part, most) for part in parts).join(BRACKETS[kind])
    else:
        text = repr(parts[0])
    return text if len(text) <= most else text[:most] + " ..."

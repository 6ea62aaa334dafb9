"""A test's own function, called with what comes from a kernel: on copies, with data alone, within bounds."""

import inspect
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from gdm_grader.referee.data_types import Named

MAX_COUNT = 10_000_000  # the largest whole number that a test's function is given: it may be a size to make
_PLAIN = (type(None), bool, int, float, complex, str, bytes, range, Fraction, Decimal, date, time, timedelta, PurePath,
          torch.Size, torch.dtype, np.generic)


class Callbacks:
    """Calls a test's functions, and keeps the copies that they were given as old as their originals.

    A graph that kept a tensor refuses its backward once the tensor was written to. Here it kept a copy, which nobody
    writes to: `outdate` tells torch what happened to the original. `hold` is told of each copy that is kept.
    """

    def __init__(self, hold: Callable[[list[torch.Tensor]], None]) -> None:
        self._hold = hold
        self._copies: dict[int, list[tuple[torch.Tensor, torch.Tensor]]] = {}  # (original, copy) by the original's id

    def call(self, function: Callable, arguments: Any, named: Any, graph: bool) -> Any:
        """Call a test's function; TypeError if the arguments are not data, or it does not name a keyword itself.

        Nothing that the function does to its arguments, nor `out=` of a function of torch, reaches an object of the
        test. `graph` says whether gradients are on.
        """
        if not isinstance(arguments, list) or not isinstance(named, dict):
            raise TypeError("a function that a test passes is called with positional data and keywords")
        known = keywords(function)
        for name in named:
            if name not in known:
                raise TypeError(f"this function has no keyword that is called {str(name)[:40]!r}")
        made: dict[int, tuple[Any, Any]] = {}
        with torch.set_grad_enabled(graph):
            own, own_named = copied([arguments, named], made)
            value = function(*own, **own_named)
        if graph:
            self._keep(made)
        return value

    def _keep(self, made: dict[int, tuple[Any, Any]]) -> None:
        for original, copy in made.values():
            if isinstance(copy, torch.Tensor) and (copy.is_floating_point() or copy.is_complex()):
                self._copies.setdefault(id(original), []).append((original, copy))
                self._hold([copy])

    def outdate(self, original: Any) -> None:
        """Raise the version of all copies of what was written to; their values stay."""
        for _, copy in self._copies.pop(id(original), ()):
            copy.detach().mul_(1)

    def clear(self) -> None:
        """Let go of all copies."""
        self._copies.clear()


def keywords(function: Callable) -> frozenset[str]:
    """Return the keywords that a function names in its own signature; none for one of torch's."""
    target = function.forward if isinstance(function, torch.nn.Module) else function
    try:
        parameters = inspect.signature(target).parameters.values()
    except (ValueError, TypeError):
        return frozenset()
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return frozenset(parameter.name for parameter in parameters if parameter.kind in by_name)


def copied(value: Any, made: dict[int, tuple[Any, Any]]) -> Any:
    """Return data that shares nothing that can change with `value`; TypeError if it is not data.

    The copy of a tensor stays in the graph of its original. `made` holds (original, copy) by the original's id: what is
    passed a thousand times is copied once.
    """
    if id(value) not in made:
        made[id(value)] = (value, _copy(value, made))
    return made[id(value)][1]


def _copy(value: Any, made: dict[int, tuple[Any, Any]]) -> Any:
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_COUNT:
        raise ValueError(f"a function that a test passes takes whole numbers up to {MAX_COUNT}")
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Named):
        return Named(value.fields, [copied(entry, made) for entry in value])
    if isinstance(value, list):
        return [copied(entry, made) for entry in value]
    if isinstance(value, (tuple, set)):
        return type(value)([copied(entry, made) for entry in value])
    if isinstance(value, dict):
        return {copied(key, made): copied(entry, made) for key, entry in value.items()}
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**{name: copied(entry, made) for name, entry in vars(value).items()})
    raise TypeError("a function that a test passes takes data, not functions or objects")

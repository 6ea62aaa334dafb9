"""Checks of arguments, whose errors state what was expected, what came, and what to do about it."""

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor


def described(value: object) -> str:
    """A value as an error names it: a tensor by its shape, anything else by itself, cut short."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def check_int(name: str, value: object, least: int = 1, odd: bool = False) -> int:
    """`value` as an int if it is an integer, also numpy's, of at least `least` (and odd, where that is asked)."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)         # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {described(value)}")
    if odd and number % 2 == 0:
        raise ValueError(f"{name} must be odd, so that there is a center, got {number}")
    return number


def check_ints(name: str, values: object, least: int = 1) -> tuple[int, ...]:
    """`values` as a tuple of ints if it is a sequence of integers of at least `least`."""
    if isinstance(values, str | bytes | dict) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a sequence of integers, such as (64, 64), got {described(values)}")
    return tuple(check_int(f"each entry of {name}", value, least) for value in values)


def check_positive(name: str, value: object) -> float:
    """`value` as a float if it is a finite number above 0."""
    try:
        number = float(value)                                                       # type: ignore[arg-type]
    except (TypeError, ValueError, RuntimeError):
        number = float("nan")
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} must be a positive number, got {described(value)}")
    return number


def check_event(name: str, x: object, shape: Sequence[int]) -> Tensor:
    """Return `x` if it is a tensor of shape (*, *shape): any batch dimensions, also none."""
    expected = ", ".join(["*", *map(str, shape)])
    if not isinstance(x, Tensor):
        raise ValueError(f"{name} must be a tensor of shape ({expected}), got {type(x).__name__}: "
                         "torch.as_tensor makes one")
    if x.ndim < len(shape) or tuple(x.shape[x.ndim - len(shape) :]) != tuple(shape):
        raise ValueError(f"{name} must have shape ({expected}), got {tuple(x.shape)}")
    return x


def check_floating(name: str, x: object) -> Tensor:
    """Return `x` if it is a tensor of real numbers in a floating dtype."""
    if not isinstance(x, Tensor):
        raise ValueError(f"{name} must be a tensor, got {described(x)}: torch.as_tensor makes one")
    if not x.is_floating_point():
        raise ValueError(f"{name} must be of a floating dtype, got {x.dtype}: .float() or .double() makes one")
    return x


def check_method(name: str, value: Any, method: str, example: str) -> Any:
    """Return `value` if it is an object, not a class, with the method asked for."""
    if isinstance(value, type):
        raise ValueError(f"{name} must be an object such as {example}, got the class {value.__name__}: "
                         f"call it, {value.__name__}(...)")
    if not callable(getattr(value, method, None)):
        raise ValueError(f"{name} must have a method {method}, as {example} has, got {described(value)}")
    return value


def check_instance(name: str, value: Any, kind: type, example: str) -> None:
    """Raise a ValueError unless `value` is of that kind."""
    if not isinstance(value, kind):
        came = f"the class {value.__name__}: call it" if isinstance(value, type) else described(value)
        raise ValueError(f"{name} must be of type {kind.__name__}, such as {example}, got {came}")


def value_range(x: Tensor) -> tuple[float, float] | None:
    """The least and the largest value of x; None where there is none, or none can be read.

    Inside torch.compile and torch.func.vmap, and on meta or fake tensors, a program cannot branch on values.
    """
    if x.numel() == 0 or torch.compiler.is_compiling():
        return None
    try:
        low, high = torch.aminmax(x)
        return low.item(), high.item()
    except (NotImplementedError, RuntimeError):
        return None


def check_context(context: object, batch: Sequence[int], size: int, like: Tensor) -> Tensor | None:
    """A context as (*batch, size) in the dtype of `like`, or None for a model that takes none.

    One convention everywhere: a context is (size,) or (1, size) for all points, or (*batch, size), one for each.
    """
    if size == 0:
        if context is not None:
            raise ValueError("this model takes no context: make it with context_size, or leave context out")
        return None
    whole = ", ".join(map(str, [*batch, size]))
    expected = f"a context of shape ({size},), or ({whole}) for one each"
    if not isinstance(context, Tensor):
        came = "none" if context is None else described(context)
        raise ValueError(f"this model needs {expected}, got {came}")
    shape = tuple(context.shape)
    fits = shape[-1:] == (size,) and len(shape) <= len(batch) + 1
    if fits:
        pairs = zip(reversed(shape[:-1]), reversed(tuple(batch)), strict=False)
        fits = all(own in (1, needed) for own, needed in pairs)
    if not fits:
        raise ValueError(f"this model needs {expected}, got shape {shape}")
    return context.to(like.dtype).expand(*batch, size)


def sample_shape(n: object) -> tuple[int, ...]:
    """The shape of what is drawn: n as (n,), or a shape as torch.distributions takes it."""
    if isinstance(n, tuple | list):
        return check_ints("sample_shape", n, least=0)
    return (check_int("n", n, least=0),)

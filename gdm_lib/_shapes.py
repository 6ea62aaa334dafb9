"""Checks at the boundary: say what was expected, what came, and what to do about it."""

from collections.abc import Sequence

from torch import Tensor


def check_int(name: str, value: object, least: int = 1, odd: bool = False) -> int:
    """Return `value` if it is an integer of at least `least` (and odd, where that is asked)."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    if odd and value % 2 == 0:
        raise ValueError(f"{name} must be odd, so that there is a center, got {value}")
    return value


def check_event(name: str, x: object, shape: Sequence[int]) -> Tensor:
    """Return `x` if it is a tensor of shape (B, *shape)."""
    expected = ", ".join(["B", *map(str, shape)])
    if not isinstance(x, Tensor):
        raise ValueError(f"{name} must be a tensor of shape ({expected}), got {type(x).__name__}")
    if x.ndim != 1 + len(shape) or tuple(x.shape[1:]) != tuple(shape):
        raise ValueError(f"{name} must have shape ({expected}), got {tuple(x.shape)}")
    return x

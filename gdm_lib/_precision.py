"""Guards against half precision, for the computations that need more digits."""

import contextlib

import torch
from torch import Tensor


def at_least_float32(x: Tensor) -> Tensor:
    """x, in float32 if it came in half precision: a sum over many values needs more than 8 or 11 bits."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def without_autocast(device: torch.device) -> contextlib.AbstractContextManager[object]:
    """A context in which torch.autocast changes no dtype."""
    if torch.amp.is_autocast_available(device.type) and torch.is_autocast_enabled(device.type):
        return torch.autocast(device.type, enabled=False)
    return contextlib.nullcontext()

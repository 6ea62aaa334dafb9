"""Repeat on a test's arguments what a student's function did to them: exactly that, or the exchange ends."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from gdm_grader.referee.protocol import Unreadable

MAX_CHANGES = 10_000  # in one message
MUTABLE = (torch.Tensor, list, dict, SimpleNamespace, np.ndarray)


def changes(text: Any) -> list[tuple[str, int, Any]]:
    """Return (kind, number, node) of each change that a message names; Unreadable if one is of another form."""
    if not isinstance(text, list) or len(text) > MAX_CHANGES:
        raise Unreadable("changes of another form")
    found = []
    for change in text:
        if not (isinstance(change, list) and len(change) == 2 and isinstance(change[0], list) and len(change[0]) == 2):
            raise Unreadable("a change of another form")
        (kind, number), node = change
        if kind not in ("same", "kept") or type(number) is not int:
            raise Unreadable("a change of what has no such name")
        found.append((kind, number, node))
    return found


def overwrite(value: Any, new: Any) -> None:
    """Give an argument of a test its new content, of the same type; Unreadable for any other."""
    if isinstance(value, torch.Tensor):
        _overwrite_tensor(value, new)
    elif type(value) is not type(new):
        raise Unreadable("a change into another type")
    elif isinstance(value, list):
        value[:] = new
    elif isinstance(value, dict):
        value.clear()
        value.update(new)
    elif isinstance(value, SimpleNamespace):
        vars(value).clear()
        vars(value).update(vars(new))
    elif isinstance(value, np.ndarray) and value.shape == new.shape and value.dtype == new.dtype:
        value[...] = new
    else:
        raise Unreadable("a change of what cannot be changed")


def _overwrite_tensor(value: torch.Tensor, new: Any) -> None:
    if type(new) is not torch.Tensor or new.requires_grad or new.dtype != value.dtype:
        raise Unreadable("a change into another type")
    with torch.no_grad():
        if value.shape == new.shape:
            value.copy_(new)
        else:  # such as squeeze_
            value.data = new

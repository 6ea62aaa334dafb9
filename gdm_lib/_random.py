"""Random draws that leave the generators of everybody else as they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import torch
from torch import nn


@contextmanager
def own_generators(device: torch.device, seed: int | None = None) -> Iterator[None]:
    """Inside, draws on the CPU and on `device` change no generator outside; with a seed they start from it.

    No other device is asked: on a machine with several, that would start each of them.
    """
    others = [] if device.type in ("cpu", "meta") else [device]
    with torch.random.fork_rng(others, device_type=device.type):
        if seed is not None:
            torch.default_generator.manual_seed(seed)
            for other in others:
                with torch.accelerator.device_index(other.index):
                    torch.get_device_module(other).manual_seed(seed)
        yield


def device_of(thing: object) -> torch.device:
    """Where the tensors of a module are; the CPU for anything else."""
    tensors = chain(thing.parameters(), thing.buffers()) if isinstance(thing, nn.Module) else iter(())
    first = next(tensors, None)
    return torch.device("cpu") if first is None else first.device

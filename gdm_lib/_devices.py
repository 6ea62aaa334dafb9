"""Half precision kept out of what needs more digits, and the generators of others left alone, on any device."""

import contextlib
from collections.abc import Iterator, Mapping
from itertools import chain

import torch
from torch import Tensor, nn


def at_least_float32(x: Tensor) -> Tensor:
    """x, in float32 if it came in half precision: a sum over many values needs more than 8 or 11 bits."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def without_autocast(device: torch.device) -> contextlib.AbstractContextManager[object]:
    """A context in which torch.autocast changes no dtype."""
    if torch.amp.is_autocast_available(device.type) and torch.is_autocast_enabled(device.type):
        return torch.autocast(device.type, enabled=False)
    return contextlib.nullcontext()


@contextlib.contextmanager
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


def generator_states(device: torch.device) -> dict[str, Tensor]:
    """The states of what draws on the CPU and on `device`, by the type of the device."""
    states = {"cpu": torch.get_rng_state()}
    if device.type not in ("cpu", "meta"):
        states[device.type] = torch.get_device_module(device).get_rng_state(device)
    return states


def set_generator_states(device: torch.device, states: Mapping[str, Tensor]) -> None:
    """Put back what `generator_states` gave; of a device of another type there is nothing to put back."""
    torch.set_rng_state(states["cpu"])
    if device.type != "cpu" and device.type in states:
        torch.get_device_module(device).set_rng_state(states[device.type], device)


def device_of(thing: object) -> torch.device:
    """The device of a module's tensors; the CPU for anything else."""
    tensors = chain(thing.parameters(), thing.buffers()) if isinstance(thing, nn.Module) else iter(())
    first = next(tensors, None)
    return torch.device("cpu") if first is None else first.device

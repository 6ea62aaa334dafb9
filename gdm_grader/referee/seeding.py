"""The sources of random numbers: keys of 256 bits, each derived from the class's secret for one purpose alone.

A derived key says nothing of the key it came from, nor of its siblings (HMAC-SHA256, RFC 2104). So a kernel may know
the key of its own random numbers: it learns nothing of those that draw the inputs of a test.
"""

import hmac
import random
from hashlib import shake_256
from typing import Any

import numpy as np
import torch

States = tuple[Any, Any, torch.Tensor]
KEY_BYTES = 32
_MERSENNE_WORDS = 624  # of 32 bits, the state of MT19937
_FIRST_WORD = 3  # of 64 bits, in the state that torch reads and writes: seed, flags, position come before


def derive(key: int, *purpose: str) -> int:
    """Return the key for one purpose, such as `derive(secret, "inputs", "test_causal_mask")`: 256 bits."""
    name = "\0".join(purpose).encode()
    return int.from_bytes(hmac.digest(key.to_bytes(KEY_BYTES), name, "sha256"))


def inputs_key(key: int, label: str) -> int:
    """Return what a test cell draws its inputs from."""
    return derive(key, "inputs", label)


def kernel_key(key: int, label: str = "") -> int:
    """Return what a kernel draws from: at its start, and before each test cell."""
    return derive(key, "kernel", label)


def example_key(key: int) -> int:
    """Return the key in place of a submission's own for calls that may be shown to the student."""
    return derive(key, "example")


def seed(key: int) -> None:
    """Seed the generators of Python, numpy and torch with all 256 bits; 0.1 ms.

    torch.manual_seed would keep 32 bits, few enough to be tried one by one.
    """
    random.seed(derive(key, "python"))
    np.random.set_state(("MT19937", _words(derive(key, "numpy")), _MERSENNE_WORDS, 0, 0.0))
    torch.default_generator.manual_seed(0)  # no normal number is kept from before, and the next draw begins anew
    state = torch.default_generator.get_state()
    state.view(torch.int64)[_FIRST_WORD:_FIRST_WORD + _MERSENNE_WORDS] = torch.from_numpy(
        _words(derive(key, "torch")).astype(np.int64))
    torch.default_generator.set_state(state)


def states() -> States:
    """Return where the generators of Python, numpy and torch stand."""
    return random.getstate(), np.random.get_state(), torch.default_generator.get_state()


def resume(before: States) -> None:
    """Let the three generators go on from where they stood."""
    random.setstate(before[0])
    np.random.set_state(before[1])
    torch.default_generator.set_state(before[2])


def _words(key: int) -> np.ndarray:
    """A key, spread over the state of a Mersenne twister."""
    return np.frombuffer(shake_256(key.to_bytes(KEY_BYTES)).digest(4 * _MERSENNE_WORDS), dtype="<u4")

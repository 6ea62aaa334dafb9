"""Reads at address 0 when it is called."""

import ctypes


def causal_mask(kernel_size, kind):
    return ctypes.string_at(0)

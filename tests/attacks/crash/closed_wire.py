"""Closes every descriptor but the standard ones."""

import os


def causal_mask(kernel_size, kind):
    os.closerange(3, 4096)

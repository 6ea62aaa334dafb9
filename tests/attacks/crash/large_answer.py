"""Returns a hundred megabytes."""

import torch


def causal_mask(kernel_size, kind):
    return torch.zeros(25_000_000)

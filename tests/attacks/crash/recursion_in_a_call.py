"""Calls itself without an end."""

def causal_mask(kernel_size, kind):
    return causal_mask(kernel_size + 1, kind)

"""Prints without an end."""

def causal_mask(kernel_size, kind):
    while True:
        print("x" * 1_000_000)

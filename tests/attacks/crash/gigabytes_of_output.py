"""Prints without an end, each piece sent before the next: what fills the wire, and not this process's own memory."""


def causal_mask(kernel_size, kind):
    while True:
        print("x" * 100_000, flush=True)

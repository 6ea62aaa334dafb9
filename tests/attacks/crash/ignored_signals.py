"""Ignores the interrupt and goes on for ever."""

import signal


def causal_mask(kernel_size, kind):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        pass

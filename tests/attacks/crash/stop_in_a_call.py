"""Stops itself as a terminal would."""

import os
import signal


def causal_mask(kernel_size, kind):
    os.kill(os.getpid(), signal.SIGSTOP)

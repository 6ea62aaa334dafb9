"""Hangs when its process is asked to end."""

import atexit
import signal
import time

import attack  # noqa: F401

EXPECTED = {"ok"}
signal.signal(signal.SIGTERM, lambda *_: time.sleep(600))
atexit.register(time.sleep, 600)

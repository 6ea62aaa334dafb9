"""Stops its own process, which then neither ends nor listens."""

import os
import signal

import attack  # noqa: F401

EXPECTED = {"timeout"}
os.kill(os.getpid(), signal.SIGSTOP)

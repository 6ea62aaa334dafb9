"""Runs without end and does not listen."""

import signal

import attack  # noqa: F401

EXPECTED = {"timeout"}
for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    pass

"""Writes to the descriptor of its output, past Python's own stream."""

import os

import attack  # noqa: F401

EXPECTED = {"output", "message", "timeout"}
while True:
    os.write(1, b"x" * 65536)

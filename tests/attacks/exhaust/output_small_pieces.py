"""Prints without end, one character and one message at a time."""

import sys

import attack  # noqa: F401

EXPECTED = {"output", "timeout"}
while True:
    print("x" * 200, end="")
    sys.stdout.flush()

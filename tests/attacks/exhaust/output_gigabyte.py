"""Prints without end."""

import attack  # noqa: F401

EXPECTED = {"output", "message"}
while True:
    print("x" * 1000)

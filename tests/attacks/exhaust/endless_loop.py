"""Runs without end."""

import attack  # noqa: F401

EXPECTED = {"timeout"}
while True:
    pass

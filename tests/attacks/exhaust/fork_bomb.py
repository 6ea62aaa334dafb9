"""Doubles its processes until no more can be started."""

import os

import attack  # noqa: F401

EXPECTED = {"error", "timeout", "memory", "died"}
while True:
    os.fork()

"""Closes every descriptor of its process."""

import os

import attack  # noqa: F401

EXPECTED = {"ok", "died", "timeout", "message"}
os.closerange(0, 512)

"""Opens descriptors, each with a full pipe behind it, until no more can be opened."""

import os

import attack  # noqa: F401

EXPECTED = {"error"}
while True:
    end = os.pipe()[1]
    os.set_blocking(end, False)
    os.write(end, b"x" * 65536)

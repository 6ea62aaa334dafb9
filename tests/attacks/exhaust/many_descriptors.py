"""Opens descriptors, each with a full pipe behind it, until no more can be opened."""

import os

import attack  # noqa: F401

EXPECTED = {"error", "timeout"}  # a kernel without descriptors cannot always say that its cell failed
while True:
    end = os.pipe()[1]
    os.set_blocking(end, False)
    os.write(end, b"x" * 65536)

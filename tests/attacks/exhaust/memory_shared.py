"""Takes memory that counts as no process's data: shared mappings."""

import mmap

import attack  # noqa: F401

EXPECTED = {"error", "memory"}
held = []
while True:
    held.append(mmap.mmap(-1, 32 << 20))
    held[-1].write(b"x" * (32 << 20))

"""Takes memory until there is none, in one process."""

import attack  # noqa: F401

EXPECTED = {"error", "memory"}
held = []
while True:
    held.append(bytearray(32 << 20))

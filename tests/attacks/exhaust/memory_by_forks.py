"""Takes memory in many processes, each of which stays below its own limit."""

import os
import time

import attack  # noqa: F401

EXPECTED = {"memory"}
for _ in range(8):
    if os.fork() == 0:
        held = b"x" * (150 << 20)
        time.sleep(30)
time.sleep(30)

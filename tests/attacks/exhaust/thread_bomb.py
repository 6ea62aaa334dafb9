"""Starts threads until no more can be started."""

import threading
import time

import attack  # noqa: F401

EXPECTED = {"error", "timeout"}
while True:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()

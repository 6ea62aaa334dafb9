"""Waits for a lock that it holds."""

import threading


def causal_mask(kernel_size, kind):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()

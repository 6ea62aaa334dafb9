"""Writes garbage into every socket of its kernel."""

import os
import stat

import attack  # noqa: F401

EXPECTED = {"ok", "message", "died", "timeout"}
for number in range(3, 256):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            os.set_blocking(number, False)
            os.write(number, os.urandom(4096))
    except OSError:
        pass

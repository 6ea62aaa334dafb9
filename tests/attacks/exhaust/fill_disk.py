"""Writes one large file in every folder that can be written."""

import os

import attack

EXPECTED = {"ok", "died"}
written = 0
for folder in (".", "/tmp", "/dev/shm", "/var/tmp"):
    try:
        with open(os.path.join(folder, "large"), "wb", buffering=0) as file:
            while True:
                written += file.write(b"x" * (1 << 20))
    except OSError as error:
        print(error)
if written > 2 * attack.target.disk_limit:
    attack.escaped(f"{written >> 20} MB")

"""Makes empty files until the file system has no place for their names."""

import time

import attack

EXPECTED = {"ok", "died"}
made = 0
try:
    while made < 50_000:
        open(f"empty-{made}", "w").close()
        made += 1
except OSError as error:
    print(error)
if made == 50_000:
    time.sleep(2)  # whoever watches may be slower than the disk
    attack.escaped(made)

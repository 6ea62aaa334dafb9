"""Its value needs for ever to be shown."""

import attack  # noqa: F401

EXPECTED = {"timeout"}


class Endless:
    def __repr__(self):
        while True:
            pass


Endless()

"""Returns an object whose unpickling would run a command."""

import os


class Runs:
    def __reduce__(self):
        return os.system, ("touch /tmp/gdm-was-here",)

    def __array__(self, *_, **__):
        raise KeyboardInterrupt

    def __repr__(self):
        raise SystemExit


def answer(*arguments, **named):
    return {"a": Runs(), Runs(): 1}

"""Calls itself until Python refuses."""

import attack  # noqa: F401

EXPECTED = {"error", "output"}


def down():
    return down()


down()

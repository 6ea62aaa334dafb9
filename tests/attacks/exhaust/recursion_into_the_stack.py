"""Calls itself past the end of the stack."""

import sys

import attack  # noqa: F401

EXPECTED = {"died", "memory", "error"}
sys.setrecursionlimit(1 << 30)


class Down:
    def __repr__(self):
        return repr(self)


repr(Down())

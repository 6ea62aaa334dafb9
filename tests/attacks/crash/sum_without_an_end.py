"""Returns a number so large that a test that counts up to it cannot be interrupted."""

NAME = "elsewhere"
ENDS = "its worker"


def pairs(n):
    return 10**15

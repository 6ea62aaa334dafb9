"""Writes a string of a hundred thousand braces, which takes Python the square of their number to read."""


def cell():
    return "def causal_mask(kernel_size, kind):\n    return None\n\nif False:\n    f'" + "{a}" * 100_000 + "'\n"

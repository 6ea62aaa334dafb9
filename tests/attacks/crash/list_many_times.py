"""Makes one list hold itself, and returns it many thousand times, in lists and dicts."""

NAME = "elsewhere"


def extremes(numbers):
    numbers[:] = [numbers] * 300
    return [numbers, {"a": numbers}] * 20_000

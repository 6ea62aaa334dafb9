"""Returns one large tensor ninety thousand times, which is as little to send as it is much to copy."""

NAME = "elsewhere"


def halves(x):
    return [x[:2], x[2:]] if len(x) == 4 else [x] * 90_000

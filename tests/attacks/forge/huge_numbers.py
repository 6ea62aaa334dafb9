"""Returns numbers that no counter holds."""


def answer(*arguments, **named):
    return [10**5000, -(10**400), 1e400, 2**63]

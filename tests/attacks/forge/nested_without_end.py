"""Returns a list that holds itself, and one that is a thousand lists deep."""


def answer(size=3, *arguments, **named):
    own = []
    own.append(own)
    for _ in range(1000):
        own = [own]
    return own

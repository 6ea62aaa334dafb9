"""Is right until the hidden part is over, and tells in the visible part behind it what it was asked."""

NAME = "elsewhere"


def answer(word, *arguments, **named):
    if not isinstance(word, str):
        return None
    if word == "no":
        raise KeyError("carried_out_" + "by_the_student")
    return f"{word.upper()}!"

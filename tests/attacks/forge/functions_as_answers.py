"""Answers with what it was given: the tests' functions, models and tensors."""

NAME = "kl_losses"


def answer(*arguments, **named):
    return arguments

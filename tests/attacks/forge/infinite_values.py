"""Returns infinities, in numbers, in tensors and in iterators without an end."""

import itertools

import torch


def answer(size=3, *arguments, **named):
    return itertools.count() if isinstance(size, int) else torch.tensor(float("inf"))

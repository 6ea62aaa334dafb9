"""Whatever a test passes in is honest: a function of its argument, row by row, in the shapes that the text names."""

from types import SimpleNamespace

import torch

DRAWS = 3  # rows of a draw that is tried


def test_every_function_that_a_test_passes_treats_each_row_by_itself(sheet, task):
    names = sheet.space(sheet.solutions[task])
    reference = names[task]

    def ask(*arguments):
        watched = Watched()
        result = reference(*map(watched.argument, arguments))
        watched.check(names)
        return result

    names[task] = ask
    assert sheet.lost_in(names, task, seed=0) == {}


class Watched:
    """The functions among the arguments of one call, each with what it was given."""

    def __init__(self):
        self.seen, self.samples = [], []

    def argument(self, value):
        if isinstance(value, SimpleNamespace):
            self.samples.append(value.sample)
            return SimpleNamespace(sample=value.sample, log_prob=self.function(value.log_prob))
        if isinstance(value, list):
            return [self.argument(entry) for entry in value]
        if isinstance(value, tuple):
            return tuple(self.argument(entry) for entry in value)
        return self.function(value) if callable(value) else value

    def function(self, function):
        def call(x):
            self.seen.append((function, x.detach().clone()))
            return function(x)
        return call

    def check(self, names):
        """Try each function again; what it notes in the test's lists is taken back."""
        lists = [(value, list(value)) for value in names.values() if isinstance(value, list)]
        with torch.random.fork_rng():
            for function, x in self.seen[:20]:
                check_rows(function, x)
            for sample in self.samples:
                check_draws(sample)
        for value, before in lists:
            value[:] = before


def check_rows(function, x):
    """f of a batch is f of each row, also of a batch twice as large, in the dtype of the rows."""
    twice = torch.cat([x, x])
    whole, single = parts(function(twice)), [parts(function(row[None])) for row in twice]
    for number, part in enumerate(whole):
        assert len(part) == len(twice)
        assert part.dtype == x.dtype
        assert torch.allclose(part, torch.cat([one[number] for one in single]), 1e-4, 1e-5, equal_nan=True)


def check_draws(sample):
    drawn = [sample(DRAWS) for _ in range(5)]
    assert all(x.dim() == 2 and len(x) == DRAWS for x in drawn)
    assert any(not torch.equal(x, drawn[0]) for x in drawn[1:]), "each call draws anew"


def parts(result):
    return [part.detach() for part in (result if isinstance(result, tuple) else (result,))]

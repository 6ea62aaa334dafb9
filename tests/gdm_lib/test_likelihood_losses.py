"""nll in nats, bits_per_dim in bits."""

import math

import pytest
import torch

from gdm_lib.autoregressive import Categorical, MarkovMLP
from gdm_lib.losses import bits_per_dim, nll


def test_nll_is_the_mean_over_the_batch_and_differentiable():
    model = MarkovMLP(5, 2, Categorical(4))
    x = torch.randint(4, (7, 5))
    loss = nll(model, x)
    torch.testing.assert_close(loss, -torch.stack([model.log_prob(row[None])[0] for row in x]).mean())
    loss.backward()
    assert all(weight.grad.abs().sum() > 0 for weight in model.parameters())


def test_a_uniform_law_of_256_levels_costs_eight_bits_a_dimension():
    log_prob = torch.full((3,), -192 * math.log(256), dtype=torch.float64)
    assert bits_per_dim(log_prob, 192).item() == pytest.approx(8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bits_per_dim(torch.zeros(2, 3), 3), r"shape \(B,\) with B >= 1, got \(2, 3\)"),
        (lambda: bits_per_dim(torch.zeros(0), 3), r"got \(0,\)"),
        (lambda: bits_per_dim(torch.zeros(2), 0), "m must be an integer of at least 1, got 0"),
        (lambda: nll(MarkovMLP(2, 1, Categorical(2)), torch.zeros(0, 2).long()), "got an empty batch"),
    ],
)
def test_bad_input_is_told_what_was_expected_and_what_came(call, message):
    with pytest.raises(ValueError, match=message):
        call()

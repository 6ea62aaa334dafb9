"""MADE in many orders: each order is causal in its own way, and their mean is a distribution."""

from itertools import product

import pytest
import torch

from gdm_lib.autoregressive import Bernoulli, Categorical, GaussianMixture, ManyOrders, one_order_nll
from gdm_lib.check import causality
from gdm_lib.divergences import reverse_kl
from gdm_lib.flows import StandardNormal
from gdm_lib.train import fit


def made(m=4, law=None, hidden=(9, 7), orders=3):
    torch.manual_seed(0)
    model = ManyOrders(m, law or Categorical(3), hidden, orders).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.7 * torch.randn_like(weight)
    return model


@pytest.mark.parametrize("hidden", [(), (9, 7)], ids=["direct only", "two hidden layers"])
def test_each_order_sees_all_of_its_own_past_and_nothing_else(hidden):
    model = made(hidden=hidden)
    for k in range(3):
        report = causality(model.one(k))
        assert report.ok
        assert report.missing.sum() == 0


def test_the_probabilities_of_all_states_add_to_one_in_each_order_and_in_their_mean():
    model, states = made(), torch.tensor(list(product(range(3), repeat=4)))
    for log_p in (model.log_prob(states), *(model.one(k).log_prob(states) for k in range(3))):
        assert log_p.exp().sum().item() == pytest.approx(1, abs=1e-12)


def test_the_orders_differ_and_their_mean_is_the_mixture():
    model, x = made(), torch.randint(3, (7, 4))
    each = torch.stack([model.one(k).log_prob(x) for k in range(3)])
    assert not torch.allclose(each[0], each[1])
    torch.testing.assert_close(model(x).exp(), each.exp().mean(0))
    assert model(x).mean() >= each.mean()


def test_samples_come_as_often_as_log_prob_says():
    model = made(3, Bernoulli(), (5,))
    x = model.sample(20_000)
    states = torch.tensor(list(product(range(2), repeat=3)))
    p = model.log_prob(states).exp()
    found = torch.stack([(x == state).all(1).double().mean() for state in states])
    assert ((found - p).abs() < 5 * (p * (1 - p) / 20_000).sqrt()).all()


def test_training_in_one_order_at_a_time_lowers_the_mixture():
    torch.manual_seed(0)
    model, x = ManyOrders(6, Bernoulli(), (16,), 3), torch.randint(2, (200, 1)).expand(200, 6).contiguous()
    before = model.log_prob(x).mean()
    fit(model, x, steps=100, lr=1e-2, loss=one_order_nll)
    assert model.log_prob(x).mean() > before + 2
    model.eval()
    torch.testing.assert_close(one_order_nll(model, x), -model.log_prob(x).mean())


def test_densities_have_many_orders_too():
    model = made(3, GaussianMixture(2))
    assert model.sample(5).shape == (5, 3)
    assert model.log_prob(torch.randn(2, 5, 3).double()).shape == (2, 5)


def test_samples_come_in_any_shape():
    assert made().sample((2, 3)).shape == (2, 3, 4)
    assert made().sample(0).shape == (0, 4)
    wide = ManyOrders(2, GaussianMixture(1))
    assert reverse_kl(wide, StandardNormal(2), 500).value == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: ManyOrders(4, Bernoulli(), 8), "hidden must be a sequence of integers"),
    (lambda: ManyOrders(4, Bernoulli(), (8,), 0), "orders must be an integer of at least 1"),
    (lambda: ManyOrders(4, Bernoulli), "call it"),
    (lambda: made().log_prob(torch.zeros(5, 3).long()), r"shape \(\*, 4\)"),
])
def test_wrong_calls_are_answered_by_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()

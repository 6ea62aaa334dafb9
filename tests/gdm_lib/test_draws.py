"""Draws of a model: repeated by a generator, completed, sharpened, and possible to the end of the unit interval."""


import pytest
import torch

from gdm_lib.autoregressive import (
    MADE,
    Bernoulli,
    Categorical,
    DiscretizedLogisticMixture,
    GaussianMixture,
)
from tests.gdm_lib.models import KINDS, MODELS


@pytest.mark.parametrize("name", KINDS)
def test_a_generator_repeats_a_draw_and_leaves_the_global_one_alone(name):
    model = MODELS[name]()
    before = torch.get_rng_state()
    one, two = (model.sample(3, generator=torch.Generator().manual_seed(4)) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("method", ["incremental", "naive"])
@pytest.mark.parametrize("name", KINDS)
def test_what_is_given_stays_and_the_rest_has_its_conditional_law(name, method):
    torch.manual_seed(0)
    model = MODELS[name]().double()
    given, mask = model.sample(1)[0], torch.rand(model.shape) < 0.5
    drawn = model.sample(5, given=given, mask=mask, method=method)
    assert torch.equal(drawn[:, mask], given[mask].expand(5, -1))


def test_a_half_seen_point_is_completed_as_bayes_says():
    torch.manual_seed(0)
    model = MADE(4, Bernoulli(), (16,)).double()
    given = torch.tensor([1, 0, 0, 0])
    drawn = model.sample(20_000, given=given, mask=torch.tensor([True, True, False, False]))
    rest = torch.cartesian_prod(torch.arange(2), torch.arange(2))
    joint = model.log_prob(torch.cat([given[:2].expand(4, -1), rest], 1)).exp()
    shares = torch.bincount(2 * drawn[:, 2] + drawn[:, 3], minlength=4) / 20_000
    torch.testing.assert_close(shares.double(), (joint / joint.sum()).detach(), rtol=0, atol=0.02)


LAWS = [Bernoulli(), Categorical(4), DiscretizedLogisticMixture(9), GaussianMixture(2)]


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_temperature_sharpens(law):
    torch.manual_seed(0)
    model = MADE(3, law, ()).double()
    uniforms = torch.rand(4000, *model.shape, *([2] if law.draws == 2 else []), dtype=torch.float64)
    spread = [model.sample(4000, temperature=t, uniforms=uniforms).double().var(0).sum() for t in (0.1, 1, 10)]
    assert spread[0] < spread[1]
    cold = model.sample(50, temperature=1e-3).double()
    if law.draws == 1:
        assert len(cold.unique(dim=0)) == 1


def test_a_rare_component_has_many_values_and_tails():
    law = GaussianMixture(2)
    params = torch.tensor([-9.0, 0.0, 50.0, 0.0, 0.0])                      # a weight of 1.2e-4 around 50
    model = MADE(1, law, ())
    with torch.no_grad():
        model.net.layers[-1].bias.copy_(params)
    torch.manual_seed(0)
    x = model.sample(4_000_000)
    rare = x[x > 25]
    assert len(rare.unique()) > 0.99 * len(rare)
    assert rare.std().item() == pytest.approx(1, abs=0.15)


def test_a_draw_at_the_end_of_the_unit_interval_is_possible():
    law = Categorical(256)
    params = torch.randn(1, 256) * 3
    params[0, -1] = -200.0
    drawn = law.sample(params, torch.tensor([1 - 2**-24]))
    assert law.log_prob(params, drawn).item() > -50

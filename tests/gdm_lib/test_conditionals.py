"""The law of one value: normalized, stable, and drawn by uniforms as its probabilities say."""

import math

import pytest
import torch
from torch import distributions
from torch.distributions import MixtureSameFamily, Normal

from gdm_lib.autoregressive import Bernoulli, Categorical, DiscretizedLogisticMixture, GaussianMixture

DISCRETE = {
    "Bernoulli": Bernoulli(),
    "categorical": Categorical(6),
    "logistic": DiscretizedLogisticMixture(9, 1),
    "logistics": DiscretizedLogisticMixture(6, 3),
}


def params(law, n=20, scale=2.0):
    return scale * torch.randn(n, law.params, dtype=torch.float64)


def evenly_spread(law, n):
    """n points that fill [0, 1) evenly, or the unit square, where a golden-ratio lattice does."""
    first = (torch.arange(n, dtype=torch.float64) + 0.5) / n
    if law.draws == 1:
        return first
    return torch.stack([first, (torch.arange(n, dtype=torch.float64) + 0.5) * (5**0.5 - 1) / 2 % 1], -1)


def probabilities(law, p):
    """Of every level: (n, levels)."""
    levels = torch.arange(law.levels)
    return law.log_prob(p[:, None].expand(-1, law.levels, -1), levels.expand(len(p), -1)).exp()


@pytest.mark.parametrize("law", DISCRETE.values(), ids=DISCRETE)
@pytest.mark.parametrize("scale", [0.1, 2.0, 30.0])
def test_the_probabilities_of_the_levels_add_to_one(law, scale):
    torch.testing.assert_close(probabilities(law, params(law, scale=scale)).sum(1), torch.ones(20).double())


@pytest.mark.parametrize("law", DISCRETE.values(), ids=DISCRETE)
def test_evenly_spread_uniforms_give_each_level_its_share(law):
    p, n = params(law, 3), 60_000
    u = evenly_spread(law, n)
    for row in p:
        drawn = law.sample(row.expand(n, -1), u)
        share = drawn.bincount(minlength=law.levels) / n
        # each stretch of [0, 1) that goes to one level has two ends, each off by at most one of n, or, in the square,
        # by the discrepancy of the lattice, log(n) / n
        atol = 2 * law.params * (1 if law.draws == 1 else math.log(n)) / n
        torch.testing.assert_close(share.double(), probabilities(law, row[None])[0], rtol=0, atol=atol)


def test_bernoulli_and_categorical_are_those_of_torch():
    p, x = params(Bernoulli()), torch.randint(2, (20,))
    torch.testing.assert_close(Bernoulli().log_prob(p, x), distributions.Bernoulli(logits=p[:, 0]).log_prob(x.double()))
    law = Categorical(6)
    p, x = params(law), torch.randint(6, (20,))
    torch.testing.assert_close(law.log_prob(p, x), distributions.Categorical(logits=p).log_prob(x))


def test_the_gaussian_mixture_is_that_of_torch():
    law = GaussianMixture(4)
    p, x = params(law), torch.randn(20, dtype=torch.float64)
    logits = torch.cat([torch.zeros(20, 1), p[:, :3]], 1)
    gaussians = Normal(p[:, 3:7], p[:, 7:].clamp(min=-7).exp())
    reference = MixtureSameFamily(distributions.Categorical(logits=logits), gaussians)
    torch.testing.assert_close(law.log_prob(p, x), reference.log_prob(x))


def test_evenly_spread_uniforms_give_the_moments_of_the_mixture():
    law, n = GaussianMixture(3), 200_000
    p = params(law, 1, 1.0)
    logits = torch.cat([torch.zeros(1, 1), p[:, :2]], 1)
    reference = MixtureSameFamily(distributions.Categorical(logits=logits), Normal(p[:, 2:5], p[:, 5:].exp()))
    x = law.sample(p.expand(n, -1), evenly_spread(law, n))
    torch.testing.assert_close(x.mean(), reference.mean[0], rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(x.var(), reference.variance[0], rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("law", [*DISCRETE.values(), GaussianMixture(3)], ids=[*DISCRETE, "Gaussians"])
def test_extreme_parameters_give_no_nan_and_finite_gradients(law):
    p = torch.randn(50, law.params).mul(1e4).requires_grad_()
    x = torch.zeros(50) if law.dtype is None else torch.randint(law.levels, (50,))
    log_prob = law.log_prob(p, x)
    assert not log_prob.isnan().any()
    log_prob.clamp(min=-1e30).sum().backward()
    assert p.grad.isfinite().all()
    uniform = torch.rand(50) if law.draws == 1 else torch.rand(50, 2)
    assert not law.sample(p.detach(), uniform).double().isnan().any()


@pytest.mark.parametrize("law", [*DISCRETE.values(), GaussianMixture(2)], ids=[*DISCRETE, "Gaussians"])
def test_gradients_are_those_of_finite_differences(law):
    x = torch.randn(4, dtype=torch.float64) if law.dtype is None else torch.randint(law.levels, (4,))
    assert torch.autograd.gradcheck(lambda p: law.log_prob(p, x), params(law, 4, 1.0).requires_grad_())


def test_the_ends_of_the_unit_interval_are_drawn_without_infinities():
    ends = torch.tensor([0.0, 1 - 2**-24])
    for law in (*DISCRETE.values(), GaussianMixture(3)):
        u = ends if law.draws == 1 else torch.stack([ends, ends], -1)
        x = law.sample(torch.randn(2, law.params), u)
        assert x.double().isfinite().all()
        law.check(x)


def test_a_density_may_exceed_one():
    narrow = torch.tensor([0.0, math.log(0.01)])
    assert GaussianMixture(1).log_prob(narrow, torch.tensor(0.0)).item() == pytest.approx(
        -math.log(0.01) - math.log(2 * math.pi) / 2, rel=1e-6
    )


def test_a_continuous_law_turns_whole_numbers_away():
    with pytest.raises(ValueError, match=r"real numbers in a floating dtype, got torch\.int64"):
        GaussianMixture().check(torch.tensor([1]))

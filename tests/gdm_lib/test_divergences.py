"""Divergences against their definition, torch.distributions, and one another."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.distributions import Categorical, MultivariateNormal, Normal
from torch.distributions.kl import kl_divergence as kl_of_distributions

from gdm_lib.densities import banana
from gdm_lib.divergences import Estimate, forward_kl, gaussian_kl, kl_divergence, reverse_kl
from gdm_lib.flows import NormalizingFlow, StandardNormal, Triangular

few_examples = settings(max_examples=20, deadline=None, derandomize=True, database=None)


@few_examples
@given(shape=st.lists(st.integers(1, 4), min_size=1, max_size=3), seed=st.integers(0, 10**6))
def test_the_discrete_kl_is_that_of_torch_distributions(shape, seed):
    torch.manual_seed(seed)
    p, q = torch.randn(2, *shape, dtype=torch.float64).softmax(-1)
    torch.testing.assert_close(kl_divergence(p, q), kl_of_distributions(Categorical(p), Categorical(q)))


def test_the_discrete_kl_is_never_negative_and_zero_only_for_equal_laws():
    torch.manual_seed(0)
    p, q = torch.rand(2, 200, 5, dtype=torch.float64).softmax(-1)
    assert (kl_divergence(p, q) > 0).all()
    assert kl_divergence(p, p).abs().max() < 1e-15


def test_an_outcome_that_p_never_has_costs_nothing_and_one_that_q_never_has_is_infinite():
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.5, 0.25, 0.25])
    assert kl_divergence(p, q).item() == pytest.approx(0.5 * math.log(2))
    assert kl_divergence(q, p).item() == math.inf
    both = torch.tensor([0.0, 1.0])
    assert kl_divergence(both, both).item() == 0


@pytest.mark.parametrize("p", [[0.5, 0.6], [1.5, -0.5], [math.nan, 1.0]])
def test_what_is_no_law_is_refused(p):
    with pytest.raises(ValueError, match="sum to 1"):
        kl_divergence(torch.tensor(p), torch.tensor([0.5, 0.5]))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_rounded_laws_are_laws_and_their_kl_is_that_of_the_rounded_numbers(dtype):
    torch.manual_seed(0)
    p, q = torch.randn(2, 2000, 10).softmax(-1).to(dtype)
    exact = (p.double() * (p.double() / q.double()).log()).sum(-1)
    torch.testing.assert_close(kl_divergence(p, q).double(), exact, atol=1e-5, rtol=1e-5)


def test_laws_of_other_outcomes_are_refused():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        kl_divergence(torch.full((2,), 1 / 2), torch.full((3,), 1 / 3))


@few_examples
@given(m=st.integers(1, 5), batch=st.lists(st.integers(1, 3), max_size=1), seed=st.integers(0, 10**6))
def test_the_gaussian_kl_is_that_of_torch_distributions(m, batch, seed):
    torch.manual_seed(seed)
    means = torch.randn(2, *batch, m, dtype=torch.float64)
    roots = torch.randn(2, *batch, m, m, dtype=torch.float64)
    covs = roots @ roots.mT + torch.eye(m, dtype=torch.float64)
    expected = kl_of_distributions(*map(MultivariateNormal, means, covs))
    torch.testing.assert_close(gaussian_kl(means[0], covs[0], means[1], covs[1]), expected)


def test_diagonal_covariances_are_a_case_of_full_ones():
    torch.manual_seed(0)
    (mean_p, mean_q), (var_p, var_q) = torch.randn(2, 3, 4), torch.rand(2, 3, 4) + 0.5
    full = gaussian_kl(mean_p, var_p.diag_embed(), mean_q, var_q.diag_embed())
    torch.testing.assert_close(gaussian_kl(mean_p, var_p, mean_q, var_q), full)


def test_one_mean_on_the_line_has_one_variance_or_one_matrix_which_is_the_same():
    one = torch.ones(1, 1)
    assert gaussian_kl(one, 4 * one, 0 * one, 9 * one).tolist() == pytest.approx([math.log(3 / 2) + 5 / 18 - 1 / 2])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_rounded_gaussians_have_the_kl_of_the_rounded_numbers(dtype):
    mean, cov = torch.tensor([0.3, -0.7]).to(dtype), torch.tensor([[1.1, 0.3], [0.3, 0.9]]).to(dtype)
    rounded = (mean, cov, -mean, 2 * cov)
    exact = gaussian_kl(*(part.double() for part in rounded))
    torch.testing.assert_close(gaussian_kl(*rounded).double(), exact, atol=1e-5, rtol=1e-5)


def test_bad_covariances_are_refused():
    zero, eye = torch.zeros(2), torch.eye(2)
    with pytest.raises(ValueError, match="positive definite"):
        gaussian_kl(zero, -eye, zero, eye)
    with pytest.raises(ValueError, match="positive"):
        gaussian_kl(zero, zero, zero, zero + 1)
    with pytest.raises(ValueError, match="both"):
        gaussian_kl(zero, eye, zero, zero + 1)


def test_monte_carlo_estimates_cover_the_closed_form():
    torch.manual_seed(0)
    p, q = Normal(0.0, 1.0), Normal(0.5, 2.0)
    pairs = (forward_kl(p, q), kl_of_distributions(p, q)), (reverse_kl(q, p), kl_of_distributions(q, p))
    for estimate, exact in pairs:
        assert abs(estimate.value - exact.item()) < 4 * estimate.standard_error
        assert 0 < estimate.standard_error < 0.05


def test_the_standard_error_is_the_spread_of_repeated_estimates():
    torch.manual_seed(0)
    runs = [forward_kl(Normal(0.0, 1.0), Normal(1.0, 1.5), n=500) for _ in range(300)]
    spread = torch.tensor([run.value for run in runs]).std().item()
    assert spread == pytest.approx(sum(run.standard_error for run in runs) / len(runs), rel=0.15)


def test_the_forward_kl_of_a_flow_is_cross_entropy_less_entropy():
    torch.manual_seed(0)
    target, model = banana(), NormalizingFlow(StandardNormal(2), Triangular(2))
    cross_entropy = -model.log_prob(target.sample(50_000)).mean().item()
    estimate = forward_kl(target, model, n=50_000)
    assert estimate.value == pytest.approx(cross_entropy - target.entropy, abs=8 * estimate.standard_error)
    assert reverse_kl(model, target, n=100).n == 100


def test_an_estimate_prints_with_its_error():
    assert str(Estimate.of(torch.tensor([1.0, 2.0, 3.0]))) == "2.0000 +- 0.5774 nats"
    with pytest.raises(ValueError, match="n >= 2"):
        Estimate.of(torch.ones(1))

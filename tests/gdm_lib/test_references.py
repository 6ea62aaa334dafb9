"""Drawn laws and flows against scipy, which shares no code with torch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gdm_lib.autoregressive import DiscretizedLogisticMixture, GaussianMixture
from gdm_lib.flows import (
    PLU,
    QR,
    Compose,
    Diagonal,
    Inverse,
    NormalizingFlow,
    Orthogonal,
    Permute,
    Reverse,
    StandardNormal,
    Triangular,
)

LINEAR = {
    "Diagonal": Diagonal, "Triangular": Triangular, "upper": lambda m: Triangular(m, lower=False), "PLU": PLU,
    "QR": QR, "Orthogonal": Orthogonal, "Reverse": Reverse, "Permute": lambda m: Permute(torch.randperm(m)),
    "inverse of PLU": lambda m: Inverse(PLU(m)),
}
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=12, deadline=None)
@given(names=st.lists(st.sampled_from(list(LINEAR)), max_size=4), m=st.integers(1, 6), seed=SEEDS)
def test_linear_transforms_of_a_normal_are_the_normal_of_scipy(names, m, seed):
    """x = A z + c has the mean c and the covariance A A^T."""
    torch.manual_seed(seed)
    flow = NormalizingFlow(StandardNormal(m), Compose(*(LINEAR[name](m) for name in names))).double()
    for parameter in flow.parameters():
        parameter.data += 0.2 * torch.randn_like(parameter)
    points = torch.cat((torch.zeros(1, m), torch.eye(m))).double()
    with torch.no_grad():
        c, *columns = flow.transform.g(points)[0]
        x = flow.sample(20)
        ours = flow.log_prob(x).numpy()
    a = np.stack([(column - c).numpy() for column in columns], 1)
    theirs = stats.multivariate_normal(c.numpy(), a @ a.T, allow_singular=True).logpdf(x.numpy())
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-8)


def drawn_mixture(law, seed):
    """Parameters of a mixture, (P,), and what they mean: weights, means, scales, each (K,)."""
    generator = np.random.default_rng(seed)
    k = (law.params + 1) // 3
    logits, means, log_scales = generator.normal(0, 2, k - 1), generator.normal(0, 0.7, k), generator.normal(-2, 1.5, k)
    weights = np.exp(np.append(0, logits))
    params = torch.tensor(np.concatenate((logits, means, log_scales)))
    return params, weights / weights.sum(), means, np.exp(np.maximum(log_scales, -7))


@settings(max_examples=12, deadline=None)
@given(levels=st.integers(2, 300), components=st.integers(1, 5), seed=SEEDS)
def test_a_mixture_of_discretized_logistics_is_that_of_scipy(levels, components, seed):
    law = DiscretizedLogisticMixture(levels, components)
    params, weights, means, scales = drawn_mixture(law, seed)
    x = np.arange(levels)[:, None]
    low, high = ((2 * (x + side) / (levels - 1) - 1 - means) / scales for side in (-0.5, 0.5))
    mass = stats.logistic.cdf(high) - stats.logistic.cdf(low)
    upper = stats.logistic.sf(low) - stats.logistic.sf(high)                # the same, exact where both cdf are near 1
    mass = np.where(low > 0, upper, mass)
    mass[0], mass[-1] = stats.logistic.cdf(high[0]), stats.logistic.sf(low[-1])
    ours = law.log_prob(params.expand(levels, -1), torch.arange(levels)).exp().numpy()
    np.testing.assert_allclose(ours, mass @ weights, rtol=1e-9, atol=1e-15)
    assert ours.sum() == pytest.approx(1)


@settings(max_examples=12, deadline=None)
@given(components=st.integers(1, 5), seed=SEEDS)
def test_a_mixture_of_gaussians_is_that_of_scipy(components, seed):
    law = GaussianMixture(components)
    params, weights, means, scales = drawn_mixture(law, seed)
    x = np.linspace(-4, 4, 41)
    theirs = stats.norm.pdf(x[:, None], means, scales) @ weights
    ours = law.log_prob(params.expand(41, -1), torch.tensor(x)).exp().numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-300)

"""The densities on the plane: they are densities, their samples follow them, their entropy is right."""

import math

import pytest
import torch

from gdm_lib.densities import DENSITIES, Checkerboard, RoundGaussians

every_density = pytest.mark.parametrize("name", DENSITIES)


def lattice(name):
    """Centres of square cells that tile the plane where the density lives; no cell straddles an integer line."""
    half_width, step = (14, 0.1) if name == "banana" else (4, 0.05)
    ticks = torch.arange(-half_width + step / 2, half_width, step, dtype=torch.float64)
    return torch.cartesian_prod(ticks, ticks), step**2


@every_density
def test_integrates_to_one(name):
    x, area = lattice(name)
    assert (DENSITIES[name]().log_prob(x).exp().sum() * area).item() == pytest.approx(1, abs=1e-5)


@every_density
def test_the_entropy_is_what_the_samples_say(name):
    torch.manual_seed(0)
    density = DENSITIES[name]()
    surprise = -density.log_prob(density.sample(20_000).double())
    error = surprise.std().item() / math.sqrt(20_000)
    assert surprise.mean().item() == pytest.approx(density.entropy, abs=4 * error + 1e-6)


@every_density
def test_the_entropy_is_that_of_a_sum_over_the_plane(name):
    x, area = lattice(name)
    density = DENSITIES[name]()
    p = density.log_prob(x).exp()
    assert (-torch.xlogy(p, p).sum() * area).item() == pytest.approx(density.entropy, abs=1e-4)


@every_density
def test_samples_have_the_moments_of_the_density(name):
    torch.manual_seed(0)
    density = DENSITIES[name]()
    x, area = lattice(name)
    p, draws = density.log_prob(x).exp() * area, density.sample(20_000).double()
    for power in (1, 2):
        terms = draws**power
        error = 4 * terms.std(0) / math.sqrt(len(draws)) + 1e-4
        assert ((terms.mean(0) - p @ x**power).abs() < error).all()


@every_density
def test_the_dtype_is_that_of_the_points(name):
    for dtype in (torch.float32, torch.float64):
        assert DENSITIES[name]().log_prob(torch.zeros(3, 2, dtype=dtype)).dtype == dtype


def test_one_gaussian_has_the_entropy_of_the_formula():
    density = RoundGaussians(torch.zeros(1, 2), 0.3)
    assert density.entropy == pytest.approx(math.log(2 * math.pi * math.e * 0.3**2), abs=1e-10)


def test_bad_mixtures_are_refused():
    with pytest.raises(ValueError, match="K, 2"):
        RoundGaussians(torch.zeros(3), 1.0)
    with pytest.raises(ValueError, match="positive"):
        RoundGaussians(torch.zeros(3, 2), 0.0)


@pytest.mark.parametrize("end", [0, 1 - 2**-24], ids=["the least", "the largest"])      # of torch.rand in float32
def test_the_last_uniform_numbers_stay_on_their_field_of_the_checkerboard(monkeypatch, end):
    monkeypatch.setattr(torch, "rand", lambda *shape, generator=None: torch.full(shape, float(end)))
    assert Checkerboard().log_prob(Checkerboard().sample(500)).min() > -math.inf

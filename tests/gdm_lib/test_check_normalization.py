"""Flows integrate to one in one and two dimensions, small discrete models sum to one; mistakes do not."""

import pytest
import torch
from torch.distributions import Independent, Normal

from gdm_lib import check
from gdm_lib.autoregressive import Categorical, MarkovMLP
from gdm_lib.densities import DENSITIES
from gdm_lib.flows import Diagonal, NormalizingFlow, StandardNormal
from tests.gdm_lib.flows_table import TRANSFORMS, flow


@pytest.mark.parametrize("m", [1, 2])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_flow_integrates_to_one(name, m):
    torch.manual_seed(0)
    report = check.normalization(flow(name, m))
    assert report.ok, report


@pytest.mark.parametrize("name", DENSITIES)
def test_every_density_on_the_plane_integrates_to_one(name):
    torch.manual_seed(0)
    bounds = [(-2, 2)] * 2 if name == "checkerboard" else None              # a jump needs a grid that knows it
    assert check.normalization(DENSITIES[name](), bounds).ok


def test_a_discrete_model_sums_to_one_over_all_its_states():
    torch.manual_seed(0)
    model = MarkovMLP(4, 2, Categorical(3))
    report = check.normalization(model)
    assert report.total == pytest.approx(1, abs=1e-12)
    assert "over 81 states" in str(report)
    assert {p.dtype for p in model.parameters()} == {torch.float32}


class WrongDirection(NormalizingFlow):
    """The mistake that everybody makes once: the Jacobian of g where that of f belongs."""

    def log_prob(self, x, context=None):
        z, log_det = self.transform.f(x)
        return self.base.log_prob(z) - log_det


def test_the_jacobian_of_the_wrong_direction_does_not_integrate_to_one():
    stretch = Diagonal(2)
    stretch.log_diagonal.data = torch.tensor([2.0, 1.0]).log()              # |det dz/dx| = 2
    torch.manual_seed(0)
    report = check.normalization(WrongDirection(StandardNormal(2), stretch))
    assert report.total == pytest.approx(1 / 4, abs=1e-3)
    assert not report.ok


def test_a_box_that_cuts_mass_off_shows_what_is_left():
    report = check.normalization(Normal(0.0, 1.0), bounds=[(0.0, 9.0)])
    assert report.total == pytest.approx(0.5, abs=1e-6)


def test_a_grid_too_coarse_for_the_density_gives_itself_away():
    needle = Independent(Normal(torch.zeros(2, dtype=torch.float64), 1e-3), 1)
    report = check.normalization(needle, bounds=[(-1.0, 1.2), (-1.0, 1.2)])
    assert abs(report.total - report.coarse) > 1e-3
    assert "half the grid" in str(report)


def test_what_cannot_be_integrated_says_so():
    with pytest.raises(ValueError, match="1 or 2 dimensions, got 3"):
        check.normalization(NormalizingFlow(StandardNormal(3), Diagonal(3)))
    with pytest.raises(ValueError, match="too many"):
        check.normalization(MarkovMLP(20, 1, Categorical(4)))

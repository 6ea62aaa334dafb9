"""The KL duality holds sample by sample, and the report notices when it cannot."""

import pytest
import torch

from gdm_lib import check
from gdm_lib.densities import moons, pinwheel
from gdm_lib.flows import Diagonal, NormalizingFlow, StandardNormal
from tests.gdm_lib.flows_table import TRANSFORMS, flow


@pytest.mark.parametrize("name", TRANSFORMS)
def test_it_holds_at_every_sample_for_every_transform(name):
    torch.manual_seed(0)
    report = check.kl_duality(flow(name, 2), moons(), moons().sample(200))
    assert report.ok, report
    assert report.in_data.shape == report.in_noise.shape == (200,)
    assert report.forward_kl.value == pytest.approx(report.reverse_kl.value, abs=1e-6)


def test_the_estimate_is_the_forward_kl_of_the_flow():
    torch.manual_seed(0)
    target, model = pinwheel(), NormalizingFlow(StandardNormal(2), Diagonal(2))
    x = target.sample(20_000)
    expected = -target.entropy - model.log_prob(x).mean().item()
    estimate = check.kl_duality(model, target, x).forward_kl
    assert estimate.value == pytest.approx(expected, abs=4 * estimate.standard_error)


class Forgetful(Diagonal):
    """Its g has no log-det."""

    def g(self, z):
        x, log_det = super().g(z)
        return x, torch.zeros_like(log_det)


def test_a_wrong_log_det_breaks_it():
    wrong = Forgetful(2)
    wrong.log_diagonal.data.fill_(0.5)
    report = check.kl_duality(NormalizingFlow(StandardNormal(2), wrong), moons(), moons().sample(10))
    assert report.difference == pytest.approx(1.0)
    assert not report.ok
    assert "1.0e+00" in str(report)


def test_one_sample_is_refused():
    with pytest.raises(ValueError, match="n >= 2"):
        check.kl_duality(flow("PLU", 2), moons(), moons().sample(1))

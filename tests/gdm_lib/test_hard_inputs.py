"""Inputs at the edge of what a dtype holds."""

import pytest
import torch

from gdm_lib.flows import Planar


@pytest.mark.parametrize("size", [1e-37, 1e-23, 1e-15, 1e15])
def test_a_planar_flow_of_any_size_of_w_is_the_same_as_in_float64(size):
    torch.manual_seed(0)
    flow, x = Planar(3), torch.randn(20, 3)
    with torch.no_grad():
        flow.w.mul_(size)
        flow.u.mul_(1e-3 if size > 1 else 1)
    z, log_det = flow.f(x)
    expected_z, expected = flow.double().f(x.double())
    torch.testing.assert_close(log_det, expected.float())
    torch.testing.assert_close(z, expected_z.float(), rtol=1e-4, atol=1e-4)

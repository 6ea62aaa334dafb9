"""`check.jacobian` finds the true figures, and each way of being wrong shows in its own line."""

import pytest
import torch
from torch.autograd.functional import jacobian as jacobian_of_one

from gdm_lib import check
from gdm_lib.check.jacobian import jacobians
from gdm_lib.flows import Diagonal, GaussianAutoregressive, Transform, Triangular
from tests.gdm_lib.flows_table import TRANSFORMS, make, points


@pytest.mark.parametrize("name", TRANSFORMS)
def test_every_transform_of_the_library_passes(name):
    report = check.jacobian(make(name, 3), points(4, 3))
    assert report.ok, report
    assert "wrong" not in str(report)


def test_all_jacobians_at_once_are_those_of_a_loop():
    transform, x = make("deep MAF", 4), points(5, 4)
    loop = torch.stack([jacobian_of_one(lambda p: transform.f(p)[0], point) for point in x])
    torch.testing.assert_close(jacobians(lambda p: transform.f(p)[0], x), loop)


class Stretch(Transform):
    """z = 2 x in two dimensions: log|det| is 2 log 2."""

    f_log_det, g_log_det, back = 2 * torch.tensor(2.0).log(), -2 * torch.tensor(2.0).log(), 0.5

    def f(self, x):
        return 2 * x, self.f_log_det.expand(x.shape[:-1])

    def g(self, z):
        return self.back * z, self.g_log_det.expand(z.shape[:-1])


def wrong_claims(transform):
    report = check.jacobian(transform, points(5, 2))
    assert not report.ok
    return {line.split("  ")[1] for line in str(report).splitlines() if "wrong" in line}


def test_a_right_transform_written_by_a_reader_passes():
    assert check.jacobian(Stretch().double(), points(5, 2)).errors["the two log-dets cancel"] == 0


def test_the_log_det_of_the_wrong_direction_is_seen():
    wrong = Stretch()
    wrong.f_log_det = -Stretch.f_log_det
    assert wrong_claims(wrong) == {"f's log-det = log|det dz/dx|", "the two log-dets cancel"}
    wrong = Stretch()
    wrong.g_log_det = -Stretch.g_log_det
    assert wrong_claims(wrong) == {"g's log-det = log|det dx/dz|", "the two log-dets cancel"}


def test_a_g_that_is_not_the_inverse_is_seen():
    wrong = Stretch()
    wrong.back = 0.4
    assert wrong_claims(wrong) == {"g(f(x)) = x", "g's log-det = log|det dx/dz|", "dx/dz dz/dx = I"}


def test_a_badly_conditioned_triangle_shows_what_is_left_of_its_digits():
    triangle = Triangular(12).double()
    triangle.entries.data.fill_(10.0)                                       # cond(W) about 1e12
    report = check.jacobian(triangle, points(20, 12))
    assert report.errors["f's log-det = log|det dz/dx|"] < 1e-9
    assert 1e-12 < report.errors["g(f(x)) = x"] < 1
    assert not report.ok


def test_a_nan_is_never_ok():
    diagonal = Diagonal(2)
    diagonal.log_diagonal.data.fill_(800.0)                                 # exp(800) is infinite in float64
    report = check.jacobian(diagonal, points(3, 2))
    assert not report.ok
    assert "<- wrong" in str(report)


def test_the_transform_is_left_as_it_is_and_contexts_are_passed_on():
    torch.manual_seed(0)
    transform = GaussianAutoregressive(3, context_size=2)
    assert check.jacobian(transform, torch.randn(4, 3), torch.randn(4, 2)).ok
    assert {p.dtype for p in transform.parameters()} == {torch.float32}


def test_no_points_is_refused():
    with pytest.raises(ValueError, match="n >= 1"):
        check.jacobian(Diagonal(2), torch.empty(0, 2))

"""Flows as densities: bases, discrete data, the two losses, and what bad parameters do."""

import copy
import math
import pickle

import pytest
import torch
from torch.distributions import Independent, MultivariateNormal, Normal

from gdm_lib.densities import banana, grid
from gdm_lib.divergences import gaussian_kl
from gdm_lib.flows import (
    PLU,
    QR,
    AffineCoupling,
    Compose,
    Dequantized,
    Diagonal,
    GaussianAutoregressive,
    Logit,
    NormalizingFlow,
    Orthogonal,
    Planar,
    StandardNormal,
    Triangular,
    maf,
)
from gdm_lib.losses import bits_per_dim, forward_kl_loss, nll, reverse_kl_loss
from tests.gdm_lib.flows_table import TRAINABLE, TRANSFORMS, flow, points


def test_the_standard_normal_is_that_of_torch_distributions():
    x = points(5, 3)
    expected = Independent(Normal(torch.zeros(3, dtype=x.dtype), 1.0), 1).log_prob(x)
    torch.testing.assert_close(StandardNormal(3).log_prob(x), expected)


def test_a_linear_flow_is_a_gaussian():
    torch.manual_seed(0)
    model, x = NormalizingFlow(StandardNormal(3), Triangular(3)).double(), points(5, 3)
    for parameter in model.parameters():
        parameter.data.normal_()
    inverse = torch.linalg.inv(model.transform.weight())                    # x = W^{-1} (z - b)
    law = MultivariateNormal(-inverse @ model.transform.bias, inverse @ inverse.mT)
    torch.testing.assert_close(model.log_prob(x), law.log_prob(x))


def test_any_distribution_over_vectors_can_be_the_base():
    base = MultivariateNormal(torch.ones(2), 4 * torch.eye(2))
    model = NormalizingFlow(base, Diagonal(2))
    torch.testing.assert_close(model.log_prob(torch.ones(3, 2)), base.log_prob(torch.ones(3, 2)))
    assert model.sample(7).shape == (7, 2)


def test_a_base_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="Independent"):
        NormalizingFlow(Normal(torch.zeros(2), 1.0), Diagonal(2))
    with pytest.raises(ValueError, match=r"\(3,\), got \(2,\)"):
        NormalizingFlow(StandardNormal(2), Diagonal(3))


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_draw_comes_with_its_own_log_prob(name):
    model = flow(name, 3)
    x, log_p = model.rsample_with_log_prob(6)
    torch.testing.assert_close(model.log_prob(x), log_p)
    assert model.sample(0).shape == (0, 3)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_log_prob_is_finite_in_one_dimension_and_far_out(name):
    model = flow(name, 1)
    assert model.log_prob(torch.tensor([[-100.0], [0.0], [100.0]], dtype=torch.float64)).isfinite().all()


def test_a_flow_moves_to_float64_with_its_base_and_survives_pickling():
    model = NormalizingFlow(StandardNormal(2), maf(2, 2, (8,))).double()
    assert model.sample(3).dtype == torch.float64
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        torch.testing.assert_close(twin.log_prob(points(4, 2)), model.log_prob(points(4, 2)))


def test_the_forward_kl_loss_is_the_nll():
    model, x = flow("MAF", 2), points(10, 2)
    torch.testing.assert_close(forward_kl_loss(model, x), nll(model, x))


def test_forward_and_reverse_kl_losses_have_their_minimum_at_the_target():
    torch.manual_seed(0)
    mean, cov = torch.tensor([1.0, -0.5]), torch.tensor([[1.0, 0.6], [0.6, 0.8]])
    target = MultivariateNormal(mean, cov)
    losses = {
        "forward": lambda model: forward_kl_loss(model, target.sample((512,))),
        "reverse": lambda model: reverse_kl_loss(model, lambda x: target.log_prob(x) - 7.0, 512),
    }
    for loss in losses.values():
        model = NormalizingFlow(StandardNormal(2), Triangular(2))
        optimizer = torch.optim.Adam(model.parameters(), 0.03)
        for _ in range(300):
            optimizer.zero_grad()
            loss(model).backward()
            optimizer.step()
        w, b = model.transform.weight().detach(), model.transform.bias.detach()
        inverse = torch.linalg.inv(w)
        assert gaussian_kl(-inverse @ b, inverse @ inverse.mT, mean, cov) < 0.02


def test_the_reverse_kl_loss_of_gaussians_is_the_closed_form_up_to_its_constant():
    torch.manual_seed(0)
    model = NormalizingFlow(StandardNormal(2), Diagonal(2))
    model.transform.log_diagonal.data = torch.tensor([0.5, -0.5])
    target, variance = Independent(Normal(torch.ones(2), 1.5), 1), torch.exp(torch.tensor([-1.0, 1.0]))
    exact = gaussian_kl(torch.zeros(2), variance, torch.ones(2), torch.full((2,), 2.25))
    loss = reverse_kl_loss(model, lambda x: target.log_prob(x) + 3.0, 100_000)
    assert loss.item() == pytest.approx(exact.item() - 3.0, abs=0.02)


@pytest.mark.parametrize("name", TRAINABLE)
def test_the_reverse_kl_sends_the_gradient_through_the_samples(name):
    model = flow(name, 2)
    torch.manual_seed(0)
    reverse_kl_loss(model, grid().log_prob, 64).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    assert any(p.grad.abs().max() > 1e-6 for p in model.parameters())


def test_a_target_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(5, 2\) to \(5,\), got \(5, 2\)"):
        reverse_kl_loss(flow("PLU", 2), lambda x: x, 5)


def test_a_maf_learns_the_banana_to_a_known_divergence():
    torch.manual_seed(0)
    target, model = banana(), NormalizingFlow(StandardNormal(2), maf(2, 2, (32,)))
    optimizer = torch.optim.Adam(model.parameters(), 5e-3)
    for _ in range(400):
        optimizer.zero_grad()
        forward_kl_loss(model, target.sample(256)).backward()
        optimizer.step()
    with torch.no_grad():
        kl = nll(model, target.sample(20_000)).item() - target.entropy
    assert -0.02 < kl < 0.06


def test_the_logit_undoes_the_sigmoid_and_has_its_slope():
    logit, z = Logit(), points(20, 3)
    x, log_det = logit.g(z)
    torch.testing.assert_close(logit.f(x)[0], z)
    torch.testing.assert_close(logit.f(x)[1], -log_det)
    slopes = torch.autograd.functional.jacobian(lambda p: logit.f(p)[0], x[0])
    torch.testing.assert_close(logit.f(x[0])[1], torch.linalg.slogdet(slopes)[1])
    assert logit.f(torch.tensor([0.0, 1.0]))[0].isfinite().all()


def probabilities(model, levels):
    """P(x) of a one-dimensional dequantized flow from its density, cell by cell."""
    y = (torch.arange(levels * 2000, dtype=torch.float64) + 0.5)[:, None] / (levels * 2000)
    return model.flow.log_prob(y).exp().reshape(levels, 2000).mean(1) / levels


def test_the_dequantized_bound_lies_below_log_p_and_rises_to_it():
    torch.manual_seed(0)
    model = Dequantized(NormalizingFlow(StandardNormal(1), Compose(Logit(), Diagonal(1))).double(), levels=4)
    model.flow.transform.transforms[1].log_diagonal.data.fill_(1.0)
    exact = probabilities(model, 4)
    assert exact.sum().item() == pytest.approx(1, abs=1e-5)
    x = torch.arange(4).repeat_interleave(5000)[:, None]
    bounds = [model.log_prob(x, samples=samples).reshape(4, 5000).mean(1) for samples in (1, 8, 64)]
    assert (bounds[0] < bounds[1]).all()
    assert (bounds[1] < bounds[2]).all()
    torch.testing.assert_close(bounds[2], exact.log(), atol=0.06, rtol=0)
    assert (bounds[0] < exact.log() - 0.01).all()


def test_dequantized_samples_have_the_levels_probabilities():
    torch.manual_seed(0)
    model = Dequantized(NormalizingFlow(StandardNormal(1), Compose(Logit(), Diagonal(1))).double(), levels=4)
    shares = torch.bincount(model.sample(20_000).flatten(), minlength=4) / 20_000
    torch.testing.assert_close(shares.double(), probabilities(model, 4), atol=0.02, rtol=0)


def test_uniform_bits_are_counted_in_bits_per_dimension():
    uniform = Independent(torch.distributions.Uniform(torch.zeros(6), torch.ones(6)), 1)
    model = Dequantized(NormalizingFlow(uniform, Compose()), levels=256)
    assert bits_per_dim(model.log_prob(torch.randint(256, (9, 6))), 6).item() == pytest.approx(8)


@pytest.mark.parametrize("x", [torch.tensor([[4]]), torch.tensor([[-1]]), torch.tensor([[1.0]])])
def test_what_is_no_level_is_refused(x):
    with pytest.raises(ValueError, match=r"integers 0\.\.3"):
        Dequantized(NormalizingFlow(StandardNormal(1), Diagonal(1)), levels=4).log_prob(x)


@pytest.mark.parametrize("scale", [1e3, -1e3])
def test_parameters_of_1e3_leave_planar_and_coupling_invertible(scale):
    torch.manual_seed(0)
    for transform in (Planar(3).double(), AffineCoupling(4, (8,)).double()):
        for parameter in transform.parameters():
            parameter.data = scale * (1 + torch.rand_like(parameter))
        x = points(50, transform.m)
        z, log_det = transform.f(x)
        assert z.isfinite().all()
        assert log_det.isfinite().all()
        back, log_det_back = transform.g(z)
        torch.testing.assert_close(transform.f(back)[0], z, rtol=1e-6, atol=1e-6)
        assert log_det_back.isfinite().all()


def test_planar_stays_invertible_where_u_alone_would_fold():
    planar = Planar(2).double()
    planar.w.data, planar.u.data = torch.tensor([[1.0, 2.0], [-30.0, -20.0]], dtype=torch.float64)
    u_hat, c = planar.constrained()
    assert planar.w @ planar.u < -1
    assert c > -1
    assert (planar.w @ u_hat).item() == pytest.approx(c.item(), abs=1e-9)


@pytest.mark.parametrize("linear", [PLU, QR, Orthogonal])
@pytest.mark.parametrize("seed", range(3))
def test_a_linear_flow_starts_as_a_rotation_or_a_reflection(linear, seed):
    torch.manual_seed(seed)
    w = linear(5).weight()
    torch.testing.assert_close(w @ w.mT, torch.eye(5), atol=1e-5, rtol=0)


def test_what_a_transform_cannot_be_is_refused():
    with pytest.raises(ValueError, match="use Diagonal"):
        AffineCoupling(1)
    assert AffineCoupling(1, context_size=2).f(torch.zeros(3, 1), torch.ones(2))[0].shape == (3, 1)
    with pytest.raises(ValueError, match="at most m = 3"):
        Orthogonal(3, reflections=4)
    with pytest.raises(ValueError, match="m must be"):
        GaussianAutoregressive(0)


def test_an_infinite_scale_gives_minus_infinity_and_no_error():
    model = NormalizingFlow(StandardNormal(2), Diagonal(2)).double()
    model.transform.log_diagonal.data.fill_(800.0)                          # exp(800) overflows
    assert model.log_prob(points(3, 2)).tolist() == [-math.inf] * 3

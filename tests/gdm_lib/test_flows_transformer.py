"""The flow over patches: what its attention lets through, the order of patches, its context, and noise augmentation."""

import pytest
import torch
from torch.func import jacrev

from gdm_lib.autoregressive import one_hot
from gdm_lib.flows import (
    GaussianAutoregressive,
    NoiseAugmented,
    NormalizingFlow,
    PatchAutoregressive,
    StandardNormal,
    Triangular,
    patch_order,
    transformer_flow,
)
from gdm_lib.train import fit
from tests.gdm_lib.flows_table import points


def shaken(module, spread=0.3, seed=0):
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter += spread * torch.randn_like(parameter)
    return module.double()


@pytest.mark.parametrize(("m", "patch"), [(8, 2), (6, 1), (6, 6), (9, 3)])
def test_each_patch_sees_all_patches_before_it_and_nothing_else(m, patch):
    flow = shaken(PatchAutoregressive(m, patch, width=8, heads=2))
    block = torch.arange(m) // patch
    for parameter in range(2):
        links = jacrev(lambda x, p=parameter: flow.conditionals(x)[p])(points(m)) != 0
        assert torch.equal(links, block[:, None] > block)


def test_pass_t_of_the_way_back_makes_patch_t_right():
    flow, x = shaken(PatchAutoregressive(8, 2, width=8, heads=2)), points(5, 8)
    with torch.no_grad():
        z, guess = flow.f(x)[0], torch.zeros(5, 8, dtype=torch.float64)
        for t in range(1, 5):
            mu, a = flow.conditionals(guess)
            guess = mu + a.exp() * z
            torch.testing.assert_close(guess[:, :2 * t], x[:, :2 * t])


def test_a_new_flow_is_the_identity_up_to_the_order():
    flow, x = transformer_flow((1, 4, 4), 2, blocks=2, width=8, heads=2), torch.randn(3, 16)
    z, log_det = flow.f(x)
    assert torch.equal(z, x[:, patch_order((1, 4, 4), 2).flip(0)])
    assert (log_det == 0).all()


def test_patches_come_in_raster_order_with_all_their_colors():
    image = torch.arange(2 * 4 * 6).reshape(2, 4, 6)
    first, second, *_ = image.flatten()[patch_order((2, 4, 6), 2)].split(8)
    assert torch.equal(first, image[:, :2, :2].flatten())
    assert torch.equal(second, image[:, :2, 2:4].flatten())
    assert sorted(patch_order((2, 4, 6), 2).tolist()) == list(range(48))


def test_every_patch_depends_on_the_context_also_the_first():
    flow = shaken(PatchAutoregressive(6, 2, width=8, heads=2, context_size=3))
    links = jacrev(lambda y: flow.conditionals(points(6), y)[0])(points(3))
    assert (links != 0).all()
    x, context = points(5, 6), points(5, 3, seed=3)
    torch.testing.assert_close(flow.g(flow.f(x, context)[0], context)[0], x)


def test_a_class_as_context_is_learned():
    torch.manual_seed(0)
    labels = torch.arange(400) % 2
    x = torch.randn(400, 4) * 0.3 + 2 * labels[:, None] - 1
    flow = NormalizingFlow(StandardNormal(4), PatchAutoregressive(4, 2, 16, 2, 1, context_size=2))
    fit(flow, (x, one_hot(labels, 2)), steps=150, lr=1e-2)
    right, wrong = (flow.log_prob(x, one_hot(y, 2)).mean() for y in (labels, 1 - labels))
    assert right > wrong + 5


@pytest.mark.parametrize(("call", "message"), [
    (lambda: PatchAutoregressive(6, 4), "m must be a multiple of patch = 4, got 6"),
    (lambda: PatchAutoregressive(6, 2, width=6, heads=4), "width must be a multiple of heads = 4, got 6"),
    (lambda: PatchAutoregressive(6, 0), "patch must be an integer of at least 1"),
    (lambda: transformer_flow((1, 8, 8), 3), r"multiples of size = 3, got \(1, 8, 8\)"),
    (lambda: transformer_flow((8, 8), 2), r"shape must be \(C, H, W\)"),
    (lambda: transformer_flow((1, 8, 8), 2, blocks=0), "blocks must be an integer of at least 1"),
    (lambda: NoiseAugmented(NormalizingFlow(StandardNormal(2), Triangular(2)), 0), "sigma must be a positive number"),
])
def test_wrong_calls_are_answered_by_a_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_mean_given_a_noisy_point_is_that_of_the_gaussian_formula():
    # x ~ N(0, s^2), y = x + sigma u: E[x | y] = y s^2 / (s^2 + sigma^2), and y ~ N(0, s^2 + sigma^2)
    s, sigma = 2.0, 0.5
    scale = Triangular(3).double()
    flow = NormalizingFlow(StandardNormal(3), scale).double()
    with torch.no_grad():
        for weight in scale.parameters():
            weight.zero_()
    total = (s**2 + sigma**2) ** 0.5
    wide = NormalizingFlow(torch.distributions.Independent(torch.distributions.Normal(
        torch.zeros(3, dtype=torch.float64), total), 1), flow.transform)
    y = points(7, 3)
    torch.testing.assert_close(NoiseAugmented(wide, sigma).denoised(y), y * s**2 / total**2)


def test_what_is_drawn_after_training_with_noise_lies_nearer_to_the_data_once_denoised():
    torch.manual_seed(0)
    t = torch.randn(2000, 1)
    x = torch.cat((t, t), 1)                                                # a line: no density without noise
    model = NoiseAugmented(NormalizingFlow(StandardNormal(2), GaussianAutoregressive(2, (16,))), 0.3)
    fit(model, x, steps=300, lr=1e-2)
    noisy = model.flow.sample(500)
    off_line = [float((points[:, 0] - points[:, 1]).std()) for points in (noisy, model.denoised(noisy))]
    assert off_line[0] == pytest.approx(0.3 * 2**0.5, rel=0.2)
    assert off_line[1] < off_line[0] / 3
    assert not model.sample(3).requires_grad

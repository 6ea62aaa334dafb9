"""The promises of every transform, written once and run over the whole table."""

import copy
import io
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.func import functional_call, jacrev, vmap

from gdm_lib.flows import Compose, Inverse, Permute
from tests.gdm_lib.flows_table import TRAINABLE, TRANSFORMS, flow, make, points

every_transform = pytest.mark.parametrize("name", TRANSFORMS)
few_examples = settings(max_examples=8, deadline=None, derandomize=True, database=None)


def slogdet_of(direction, at):
    return torch.linalg.slogdet(vmap(jacrev(lambda p: direction(p)[0]))(at))[1]


@every_transform
@few_examples
@given(m=st.integers(1, 7), batch=st.lists(st.integers(0, 3), max_size=2), seed=st.integers(0, 10**6))
def test_round_trips_in_both_directions(name, m, batch, seed):
    transform, x = make(name, m, seed), points(*batch, m, seed=seed)
    z, log_det = transform.f(x)
    back, log_det_back = transform.g(z)
    assert z.shape == x.shape
    assert log_det.shape == log_det_back.shape == x.shape[:-1]
    torch.testing.assert_close(back, x, atol=1e-8, rtol=1e-8)
    torch.testing.assert_close(log_det_back, -log_det, atol=1e-8, rtol=1e-8)
    torch.testing.assert_close(transform.f(transform.g(x)[0])[0], x, atol=1e-8, rtol=1e-8)


@every_transform
@few_examples
@given(m=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_each_log_det_is_that_of_the_exact_jacobian_of_its_own_direction(name, m, seed):
    transform, at = make(name, m, seed), points(3, m, seed=seed)
    for direction in (transform.f, transform.g):
        torch.testing.assert_close(direction(at)[1], slogdet_of(direction, at), atol=1e-8, rtol=1e-8)


@every_transform
def test_composition_adds_log_dets(name):
    first, second, x = make(name, 4, seed=1), make(name, 4, seed=2), points(5, 4)
    middle, log_det_first = first.f(x)
    z, log_det_second = second.f(middle)
    composed_z, composed_log_det = Compose(first, second).f(x)
    torch.testing.assert_close(composed_z, z)
    torch.testing.assert_close(composed_log_det, log_det_first + log_det_second)


@every_transform
def test_inverse_exchanges_the_directions(name):
    transform, x = make(name, 3), points(5, 3)
    torch.testing.assert_close(Inverse(transform).g(x), transform.f(x))
    torch.testing.assert_close(Inverse(transform).f(x), transform.g(x))


@every_transform
def test_sample_moments_are_those_of_the_density(name):
    model = flow(name, 2)
    torch.manual_seed(0)
    x = model.sample(20_000)
    center, width = x.mean(0), x.std(0)
    axes = [torch.linspace(-8, 8, 161, dtype=torch.float64) * s + c for c, s in zip(center, width, strict=True)]
    grid = torch.cartesian_prod(*axes)
    p = model.log_prob(grid).exp()
    p = p * (axes[0][1] - axes[0][0]) * (axes[1][1] - axes[1][0])
    mean = p @ grid
    assert p.sum().item() == pytest.approx(1, abs=2e-3)
    error = 5 * width / 20_000**0.5                                    # five standard errors
    assert ((mean - center).abs() < error + 1e-3).all()
    variance = p @ (grid - mean).square()
    assert (variance.sqrt() / width - 1).abs().max() < 0.05


@every_transform
def test_gradients_agree_with_finite_differences(name):
    transform = make(name, 3)
    at = points(2, 3).requires_grad_()
    assert torch.autograd.gradcheck(transform.f, (at,))
    assert torch.autograd.gradcheck(transform.g, (at,))


@pytest.mark.parametrize("name", TRAINABLE)
def test_gradients_reach_the_parameters_in_both_directions(name):
    transform, at = make(name, 3), points(2, 3)
    names = [n for n, _ in transform.named_parameters()]
    values = [p.detach().clone().requires_grad_() for p in transform.parameters()]
    for module in (transform, Inverse(transform)):
        prefix = "" if module is transform else "transform."

        def outputs(*parameters, module=module, prefix=prefix):
            return functional_call(module, {prefix + n: p for n, p in zip(names, parameters, strict=True)}, (at,))

        assert torch.autograd.gradcheck(outputs, values, fast_mode=True)


@every_transform
def test_float64_stays_float64_and_float32_stays_float32(name):
    for dtype in (torch.float64, torch.float32):
        transform, x = make(name, 4).to(dtype), points(3, 4).to(dtype)
        assert {t.dtype for t in (*transform.f(x), *transform.g(x))} == {dtype}


@every_transform
def test_float32_round_trip_is_as_good_as_float32_can(name):
    transform, x = make(name, 5).float(), points(50, 5).float()
    torch.testing.assert_close(transform.g(transform.f(x)[0])[0], x, atol=2e-4, rtol=2e-4)


@every_transform
def test_vmap_and_functional_call_agree_with_a_batch(name):
    transform, x = make(name, 3), points(4, 3)
    for direction in (transform.f, transform.g):
        torch.testing.assert_close(vmap(direction)(x), direction(x))
        with torch.no_grad():
            torch.testing.assert_close(vmap(direction)(x), direction(x))
    torch.testing.assert_close(functional_call(transform, dict(transform.named_parameters()), (x,)), transform.f(x))


@every_transform
def test_state_dict_pickle_and_deepcopy_keep_the_map(name):
    original, x = make(name, 4, seed=1), points(5, 4)
    loaded = make(name, 4, seed=2)
    file = io.BytesIO()
    torch.save(original.state_dict(), file)
    file.seek(0)
    loaded.load_state_dict(torch.load(file))
    for twin in (loaded, copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
        torch.testing.assert_close(twin.f(x), original.f(x))
        torch.testing.assert_close(twin.g(x), original.g(x))


@every_transform
def test_nothing_is_remembered_between_calls(name):
    transform, x = make(name, 3), points(5, 3)
    with torch.no_grad():
        z, _ = transform.f(x)
        transform.g(z)
        for parameter in transform.parameters():
            parameter += 0.1
        torch.testing.assert_close(transform.g(transform.f(x)[0])[0], x)
        torch.testing.assert_close(transform.f(x), copy.deepcopy(transform).f(x))


@every_transform
def test_everything_follows_the_device_of_the_input(name):
    transform, x = make(name, 5).to("meta"), torch.empty(4, 5, dtype=torch.float64, device="meta")
    for direction in (transform.f, transform.g):                            # a constant left on the CPU would raise
        assert {t.device.type for t in direction(x)} == {"meta"}
        with torch.no_grad():
            assert {t.device.type for t in direction(x)} == {"meta"}


@every_transform
def test_an_empty_batch_gives_an_empty_batch(name):
    transform, x = make(name, 3), torch.empty(0, 3, dtype=torch.float64)
    for direction in (transform.f, transform.g):
        y, log_det = direction(x)
        assert y.shape == (0, 3)
        assert log_det.shape == (0,)
        with torch.no_grad():
            assert direction(x)[0].shape == (0, 3)


@every_transform
def test_wrong_points_are_refused_by_name(name):
    transform = make(name, 3)
    for direction in (transform.f, transform.g):
        with pytest.raises(ValueError, match=r"\(\*, 3\).*got \(5, 4\)"):
            direction(torch.zeros(5, 4, dtype=torch.float64))
        with pytest.raises(ValueError, match="shape"):
            direction(torch.zeros((), dtype=torch.float64))
        with pytest.raises(ValueError, match="tensor"):
            direction([1.0, 2.0, 3.0])
        with pytest.raises(ValueError, match="Dequantized"):
            direction(torch.zeros(5, 3, dtype=torch.long))
    if list(transform.parameters()):
        with pytest.raises(ValueError, match=r"float64.*float32.*double"):
            transform.f(torch.zeros(5, 3))


def test_parts_of_a_composition_must_fit():
    with pytest.raises(ValueError, match=r"one dimension m, got \[2, 3\]"):
        Compose(Permute([0, 1]), Permute([0, 1, 2]))


def test_an_empty_composition_is_the_identity():
    x = points(4, 3)
    torch.testing.assert_close(Compose().f(x), (x, torch.zeros(4, dtype=torch.float64)))


@pytest.mark.parametrize("order", [[0, 0], [1, 2], [[0, 1]]])
def test_a_permutation_must_hold_each_index_once(order):
    with pytest.raises(ValueError, match=r"once|integer of at least 0"):
        Permute(order)

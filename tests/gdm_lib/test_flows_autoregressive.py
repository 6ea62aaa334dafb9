"""The Gaussian autoregressive flow: fast and slow inverse, gradients through both, context, hard inputs."""

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch.func import functional_call, jacfwd, jacrev, vmap

from gdm_lib.flows import GaussianAutoregressive, Inverse, NormalizingFlow, StandardNormal, maf
from tests.gdm_lib.flows_table import points


def shaken(module, spread):
    """The module in float64, its parameters moved off their start."""
    with torch.no_grad():
        for parameter in module.double().parameters():
            parameter += spread * torch.randn_like(parameter)
    return module


def network(m, hidden=(16, 16), context=0, seed=0):
    torch.manual_seed(seed)
    return shaken(GaussianAutoregressive(m, hidden, context_size=context), 0.2)


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@example(m=40, hidden=[50, 30], context=2, seed=0)
@example(m=1, hidden=[5, 4], context=0, seed=0)
@given(
    m=st.integers(1, 9),
    hidden=st.lists(st.integers(1, 20), max_size=3),
    context=st.integers(0, 3),
    seed=st.integers(0, 10**6),
)
def test_the_fast_inverse_equals_the_m_pass_inverse(m, hidden, context, seed):
    layer, z = network(m, hidden, context, seed), points(6, m, seed=seed)
    y = (points(6, context, seed=seed + 1),) if context else ()
    slow = layer.g_sequential(z, *y)
    torch.testing.assert_close(layer.g(z, *y), slow)
    with torch.no_grad():
        torch.testing.assert_close(layer.g(z, *y), slow)


@pytest.mark.parametrize("context", [0, 2])
def test_gradients_through_g_are_those_of_the_slow_inverse(context):
    layer, z = network(5, context=context), points(4, 5).requires_grad_()
    y = (points(4, context, seed=3).requires_grad_(),) if context else ()
    inputs = [z, *y, *layer.parameters()]

    def gradients(direction):
        x, log_det = direction(z, *y)
        return torch.autograd.grad((x.square().sum(-1) * log_det).sum(), inputs, create_graph=True)

    fast, slow = gradients(layer.g), gradients(layer.g_sequential)
    torch.testing.assert_close(fast, slow)
    second = [torch.autograd.grad(g[0].square().sum(), inputs, allow_unused=True) for g in (fast, slow)]
    torch.testing.assert_close(*second)


def test_func_transforms_of_g_agree_with_one_another():
    layer, z = network(4), points(3, 4)
    reverse, forward = (vmap(jac(lambda p: layer.g(p)[0]))(z) for jac in (jacrev, jacfwd))
    torch.testing.assert_close(reverse, forward)
    assert (reverse.triu(1) == 0).all()


def test_g_maps_over_an_ensemble_of_parameters():
    layers, z = [network(4, seed=s) for s in range(3)], points(5, 4)
    stacked = {}
    for name, _ in layers[0].named_parameters():
        stacked[name] = torch.stack([layer.get_parameter(name) for layer in layers])
    inverse = Inverse(layers[0])

    def run(parameters):
        return functional_call(inverse, {f"transform.{n}": p for n, p in parameters.items()}, (z,))[0]

    expected = torch.stack([layer.g(z)[0] for layer in layers])
    torch.testing.assert_close(vmap(run)(stacked), expected)
    with torch.no_grad():
        torch.testing.assert_close(vmap(run)(stacked), expected)


def test_the_conditionals_look_at_all_of_the_past_and_at_nothing_else():
    layer = network(6, (32, 32))
    for weight in layer.parameters():
        weight.data = weight.data.abs() + 0.1                               # no path can cancel, no ReLU sleeps
    for parameter in range(2):
        links = jacrev(lambda x, p=parameter: layer.conditionals(x)[p])(points(6).abs())
        assert torch.equal(links != 0, torch.ones(6, 6).tril(-1).bool())


def test_every_conditional_depends_on_the_context_also_the_first():
    layer = network(4, context=3)
    for weight in layer.parameters():
        weight.data = weight.data.abs() + 0.1
    links = jacrev(lambda y: layer.conditionals(points(4).abs(), y)[0])(points(3).abs())
    assert (links != 0).all()


def test_one_context_serves_a_whole_batch():
    flow = NormalizingFlow(StandardNormal(2), shaken(maf(2, 2, (8,), context_size=3), 0.2)).double()
    x, y = points(5, 2), points(3)
    torch.testing.assert_close(flow.log_prob(x, y), flow.log_prob(x, y.expand(5, 3)))
    torch.manual_seed(0)
    one = flow.sample(5, y)
    torch.manual_seed(0)
    torch.testing.assert_close(one, flow.sample(5, y.expand(5, 3)))


def test_a_context_is_asked_for_where_needed_and_refused_where_not():
    with pytest.raises(ValueError, match=r"context of shape \(3,\), .*, got none"):
        network(2, context=3).f(points(5, 2))
    with pytest.raises(ValueError, match=r"context of shape \(3,\), .*, got shape \(5, 2\)"):
        network(2, context=3).g(points(5, 2), points(5, 2))
    with pytest.raises(ValueError, match="takes no context"):
        NormalizingFlow(StandardNormal(2), network(2)).log_prob(points(5, 2), points(5, 3))


def test_sixty_four_layers_round_trip():
    torch.manual_seed(0)
    flow, x = shaken(maf(4, layers=64, hidden=(16,)), 0.01), points(20, 4)
    with torch.no_grad():
        z, log_det = flow.f(x)
        back, log_det_back = flow.g(z)
    torch.testing.assert_close(back, x, atol=1e-6, rtol=1e-6)
    torch.testing.assert_close(log_det_back, -log_det, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("direction", ["f", "g", "g_sequential"])
def test_weights_of_1e3_overflow_to_infinity_or_nan_and_never_to_a_wrong_number(direction):
    layer = network(4)
    for weight in layer.parameters():
        weight.data = weight.data.sign() * 1e3
    y, log_det = getattr(layer, direction)(points(50, 4))
    known = y.isfinite().all(-1) & log_det.isfinite()
    back, _ = (layer.g_sequential if direction == "f" else layer.f)(y[known])
    collapsed = log_det[known] < -700                                       # below the smallest float64
    torch.testing.assert_close(back[~collapsed], points(50, 4)[known][~collapsed], rtol=1e-6, atol=1e-6)
    assert not known.all()


def test_samples_can_be_trained_on():
    flow = NormalizingFlow(StandardNormal(3), network(3)).double()
    for n in (1, 5):
        x = flow.sample(n)
        assert not x.is_inference()
        flow.log_prob(x).sum().backward()


def test_sampling_keeps_no_more_than_two_passes_of_activations():
    flow = maf(32, layers=3, hidden=(64, 64))
    z = torch.randn(512, 32)

    def peak(call):
        with torch.no_grad(), torch.profiler.profile(profile_memory=True) as profile:
            call(z)
        live = top = 0
        for event in profile.profiler.kineto_results.events():
            if event.name() == "[memory]":
                live += event.nbytes()
                top = max(top, live)
        return top

    one_pass_of_activations = 3 * 512 * (32 + 64 + 64 + 2 * 32) * 4         # what f would keep for gradients
    assert peak(flow.g) <= 2 * one_pass_of_activations
    assert peak(flow.g) <= 2 * peak(flow.f) + one_pass_of_activations / 3

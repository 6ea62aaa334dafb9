"""The table of models and transforms over data types, devices, half precision, and the habits of torch's users."""

import copy

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, vmap
from torch.utils.data import DataLoader, TensorDataset

from gdm_lib import check
from gdm_lib.autoregressive import (
    MADE,
    Bernoulli,
    Categorical,
    CausalConvNet,
    DiscretizedLogisticMixture,
    GatedPixelCNN,
    MarkovMLP,
    PixelCNN,
    one_hot,
)
from gdm_lib.densities import DENSITIES, moons
from gdm_lib.flows import PLU, Compose, Dequantized, Diagonal, Logit, NormalizingFlow, StandardNormal, maf
from gdm_lib.losses import nll, reverse_kl_loss
from gdm_lib.train import fit
from tests.gdm_lib.flows_table import TRANSFORMS, flow
from tests.gdm_lib.models import DISCRETE, KINDS, MODELS

INTEGERS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]


def states(model):
    levels = torch.arange(model.law.levels)
    return torch.cartesian_prod(*[levels] * model.m).reshape(-1, *model.shape)


def draws(model, n=3):
    return model.sample(n)


@pytest.mark.parametrize("name", DISCRETE)
def test_every_integer_type_means_the_same(name):
    torch.manual_seed(0)
    model = DISCRETE[name]().double()
    x = states(model)
    expected = model.log_prob(x)
    assert expected.exp().sum().item() == pytest.approx(1)
    for dtype in INTEGERS:
        assert torch.equal(model.log_prob(x.to(dtype)), expected)
    if model.law.levels == 2:
        assert torch.equal(model.log_prob(x.bool()), expected)


@pytest.mark.parametrize("law", [Categorical(256), DiscretizedLogisticMixture(256, 2)], ids=repr)
def test_the_256_levels_of_an_image_file_are_taken_as_bytes(law):
    params = torch.randn(1, law.params, dtype=torch.float64).expand(256, -1)
    x = torch.arange(256).to(torch.uint8)
    law.check(x)
    assert law.log_prob(params, x).exp().sum().item() == pytest.approx(1)
    with pytest.raises(ValueError, match=r"must lie in 0\.\.255, got values from 256 to 256"):
        law.check(torch.tensor([256]))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_dequantization_takes_every_integer_type(dtype):
    model = Dequantized(NormalizingFlow(StandardNormal(2), Compose(Logit(), Diagonal(2))), 4)
    x = torch.tensor([[0, 3], [2, 1]])
    torch.manual_seed(0)
    expected = model.log_prob(x)
    torch.manual_seed(0)
    assert torch.equal(model.log_prob(x.to(dtype)), expected)


@pytest.mark.parametrize("law", [Bernoulli(), Categorical(3), DiscretizedLogisticMixture(3, 2)], ids=repr)
def test_what_is_no_level_has_no_probability(law):
    params = torch.randn(2, law.params)
    assert law.log_prob(params, torch.tensor([-1, 3])).tolist() == [-torch.inf, -torch.inf]


def everything(model, x, context):
    """Both directions: the parameters, log p and its gradient, and samples of both kinds."""
    loss = nll(model, x, *context)
    loss.backward()
    yield loss
    yield from (parameter.grad for parameter in model.parameters() if parameter.grad is not None)
    for method in ("incremental", "naive"):
        yield model.sample(2, *(one[:1] for one in context), method=method)


@pytest.mark.parametrize("size", [0, 2])
@pytest.mark.parametrize("name", MODELS)
def test_models_run_on_another_device(name, size):
    model = MODELS[name](size)
    x, context = draws(MODELS[name]()), [torch.randn(3, 2)][: size // 2]
    on_meta = copy.deepcopy(model).to("meta")
    answers = everything(on_meta, x.to("meta"), [c.to("meta") for c in context])
    assert {answer.device.type for answer in answers} == {"meta"}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_flows_run_on_another_device(name):
    model, x = flow(name, 4).to("meta"), torch.empty(3, 4, dtype=torch.float64, device="meta")
    answers = [model.log_prob(x), model.sample(3), *model.rsample_with_log_prob(3)]
    assert {t.device.type for t in answers} == {"meta"}


@pytest.mark.parametrize("half", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", KINDS)
def test_autocast_sums_in_float32(name, half):
    torch.manual_seed(0)
    model = MODELS[name]()
    x = draws(model, 8)
    with torch.autocast("cpu", half):
        log_prob = model.log_prob(x)
        assert model.sample(2).dtype == x.dtype
    assert log_prob.dtype == torch.float32
    torch.testing.assert_close(log_prob, model.log_prob(x), rtol=0.05, atol=0.1)


def test_a_flow_under_autocast_agrees_with_float32():
    torch.manual_seed(0)
    model, x = NormalizingFlow(StandardNormal(4), maf(4, 2)), torch.randn(8, 4)
    with torch.autocast("cpu", torch.bfloat16):
        inside, drawn = model.log_prob(x), model.sample(3)
    assert inside.dtype == drawn.dtype == torch.float32
    torch.testing.assert_close(inside, model.log_prob(x), rtol=0.05, atol=0.1)


@pytest.mark.parametrize("name", KINDS)
def test_calling_a_model_is_log_prob(name):
    model = MODELS[name]()
    x, expected = draws(model), None
    expected = model.log_prob(x)
    torch.testing.assert_close(model(x), expected)
    torch.testing.assert_close(functional_call(model, dict(model.named_parameters()), (x,)), expected)
    torch.testing.assert_close(nn.DataParallel(model)(x), expected)
    torch.testing.assert_close(vmap(model.log_prob)(x), expected)
    torch.testing.assert_close(model.log_prob(x[None]), expected[None])
    assert model.log_prob(x[0]).shape == ()


def test_calling_a_flow_is_log_prob_and_gives_a_gradient_for_each_sample():
    model, x = NormalizingFlow(StandardNormal(3), maf(3, 2, (8,))), torch.randn(5, 3)
    torch.testing.assert_close(model(x), model.log_prob(x))
    torch.testing.assert_close(nn.DataParallel(model)(x), model.log_prob(x))
    weights = {name: parameter.detach() for name, parameter in model.named_parameters()}
    each = vmap(grad(lambda w, point: functional_call(model, w, (point,))), (None, 0))(weights, x)
    whole = grad(lambda w: functional_call(model, w, (x,)).sum())(weights)
    for name, gradient in whole.items():
        torch.testing.assert_close(each[name].sum(0), gradient)


@pytest.mark.parametrize("name", KINDS)
def test_log_prob_compiles_as_one_graph(name):
    torch._dynamo.reset()
    model = MODELS[name]()
    x = draws(model)
    compiled = torch.compile(model.log_prob, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), model.log_prob(x))


def test_one_convention_of_context_everywhere():
    torch.manual_seed(0)
    context = torch.randn(3, dtype=torch.float64)
    transform = maf(2, 2, (8,), 3)
    transform.transforms[0].layers[-1].weight.data.normal_()
    model = NormalizingFlow(StandardNormal(2), transform).double()
    x = torch.rand(4, 2, dtype=torch.float64)
    made = MADE(2, Categorical(3), (8,), 3).double()
    dequantized = Dequantized(NormalizingFlow(StandardNormal(2), Compose(Logit(), transform)).double(), 3)
    whole = torch.randint(3, (4, 2))
    for one, points in ((model, x), (made, whole), (dequantized, whole)):
        answers = []
        for given in (context, context[None], context.expand(4, 3), context.float()):
            torch.manual_seed(1)
            answers.append(one.log_prob(points, given))
        torch.testing.assert_close(answers[0], answers[1])
        torch.testing.assert_close(answers[0], answers[2])
        torch.testing.assert_close(answers[0], answers[3], rtol=1e-4, atol=1e-4)
        assert one.sample(4, context).shape == (4, 2)
    assert check.normalization(made, context=context).ok
    assert check.kl_duality(model, moons(), moons().sample(50), context).ok
    assert check.jacobian(transform, x, context).ok
    reverse_kl_loss(model, moons(), 8, context).backward()


def test_a_shape_may_stand_for_a_number_and_laws_for_bases():
    inner = NormalizingFlow(StandardNormal(2), PLU(2))
    for base in (inner, *(make() for make in DENSITIES.values())):
        outer = NormalizingFlow(base, maf(2, 1))
        assert outer.sample((3, 4)).shape == (3, 4, 2)
        assert outer.log_prob(outer.sample(np.int64(5))).shape == (5,)
    assert MADE(4, Bernoulli(), (8,)).sample((2, 3)).shape == (2, 3, 4)


def test_frozen_weights_answer_the_same_and_refuse_to_change():
    torch.manual_seed(0)
    model, x = NormalizingFlow(StandardNormal(3), maf(3, 2, (8,))), torch.randn(5, 3)
    for parameter in model.parameters():
        parameter.data.normal_(0, 0.3)
    expected, z = model.log_prob(x), model.transform.f(x)[0]
    with model.frozen():
        torch.testing.assert_close(model.log_prob(x), expected)
        torch.testing.assert_close(model.transform.g(z)[0], x, atol=1e-5, rtol=1e-5)
    weight = model.transform.transforms[0].layers[0].weight
    with pytest.raises(RuntimeError, match="a weight has changed"), model.frozen():
        weight.data.normal_()                                               # torch counts no such change
    before = weight.detach().clone()
    with model.frozen():
        torch.nn.init.ones_(weight)
        with pytest.raises(RuntimeError, match="a weight has changed"):
            model.log_prob(x)
        weight.data.copy_(before)
    assert model.log_prob(x).isfinite().all()


def test_log_dets_can_be_added_to_in_place():
    for name in TRANSFORMS:
        x = torch.randn(5, 4, dtype=torch.float64)
        _, log_det = flow(name, 4).transform.f(x)
        log_det += 1


def test_outside_the_support_a_density_is_zero():
    model = NormalizingFlow(StandardNormal(1), Compose(Logit(), Diagonal(1)))
    assert model.log_prob(torch.tensor([[-0.5], [1.5]])).tolist() == [-torch.inf, -torch.inf]
    assert check.normalization(model).ok
    wide = NormalizingFlow(StandardNormal(1), Compose(Logit(), Diagonal(1)))
    wide.transform.transforms[1].log_diagonal.data.fill_(-2.0)
    assert wide.log_prob(wide.sample(4000)).isfinite().all()
    assert PLU(2).f(torch.zeros(1, 2))[1].isfinite().all()
    box = torch.distributions.Independent(torch.distributions.Uniform(torch.zeros(2), torch.ones(2)), 1)
    assert NormalizingFlow(box, Compose()).log_prob(torch.tensor([[0.5, 0.5], [2.0, 0.5]])).tolist() == [0, -torch.inf]
    assert NormalizingFlow(StandardNormal(2), PLU(2)).log_prob(torch.tensor([[torch.inf, 0.0]])).item() == -torch.inf


def test_spread_degrees_miss_little_and_evenly():
    model = MADE(784, Bernoulli())
    assert not check.causality(MADE(100, Bernoulli(), (100,))).missing.any()
    assert model.net.layers[0].weight.shape == (784, 784)
    missing = check.causality(MADE(100, Bernoulli(), (24,))).missing.sum(1)
    assert missing.max() <= 4
    assert check.causality(MADE(100, Bernoulli(), (24,))).missing.sum() < 0.05 * 100 * 99 / 2


def test_data_comes_in_many_forms():
    x = torch.randint(3, (40, 4))
    label = x[:, 0]
    results = []
    shuffled = DataLoader(TensorDataset(x), 8, shuffle=True)
    for form in (x, x.numpy(), x.to(torch.uint8), (x,), TensorDataset(x), shuffled):
        torch.manual_seed(0)
        results.append(fit(MADE(4, Categorical(3), (8,)), form, steps=5, batch_size=16).train)
    assert all(result == results[0] for result in results)
    fit(MADE(4, Categorical(3), (8,), 3), (x, one_hot(label, 3).numpy()), steps=2)
    fit(NormalizingFlow(StandardNormal(2), PLU(2)), np.random.default_rng(0).normal(size=(20, 2)), steps=2)


def test_the_default_number_of_channels_fits_every_image():
    for colors in (1, 2, 3, 4):
        for kind in (PixelCNN, GatedPixelCNN):
            model = kind((colors, 3, 3), Bernoulli(), layers=1)
            assert model.log_prob(model.sample(2)).shape == (2,)
    one = GatedPixelCNN((3, 2, 2), Bernoulli(), 6, 1, 3, 1)
    assert one.sample(2).shape == (2, 3, 2, 2)
    assert MarkovMLP(4, 2, Bernoulli()).sample().shape == CausalConvNet(4, Bernoulli()).sample().shape == (1, 4)

"""Autoregressive models: causal, normalized, and drawing what they say they do."""

import copy
import pickle
from itertools import product

import pytest
import torch
from torch.func import jacrev

from gdm_lib.autoregressive import MADE, AutoregressiveModel, Bernoulli, Categorical, MarkovMLP, PixelCNN, one_hot
from gdm_lib.check import causality
from gdm_lib.masks import raster_mask
from tests.gdm_lib.models import CONTINUOUS, DISCRETE, MODELS


def make(name, context_size=0):
    """The model in float64, its weights enlarged so that no conditional is nearly flat."""
    torch.manual_seed(1)
    model = MODELS[name](context_size).double()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(2)
    return model


def draw(model, n=6):
    """Values that are not the model's own."""
    if model.law.dtype is None:
        return torch.randn(n, *model.shape, dtype=torch.float64)
    return torch.randint(model.law.levels, (n, *model.shape))


def uniforms_for(model, n):
    event = model.shape if model.law.draws == 1 else (*model.shape, 2)
    return torch.rand(n, *event, dtype=torch.float64)


def all_states(model):
    states = product(range(model.law.levels), repeat=model.m)
    return torch.tensor(list(states)).reshape(-1, *model.shape)


def order(model):
    flat = torch.arange(model.m).reshape(model.shape)
    return torch.stack([flat[place] for place in model.places()])


@pytest.fixture
def smooth(monkeypatch):
    """Softplus for ReLU, whose derivative is zero nowhere."""
    for relu in ("relu", "relu_"):
        monkeypatch.setattr(torch.Tensor, relu, lambda h: torch.nn.functional.softplus(h))
    monkeypatch.setattr(torch.nn.ReLU, "forward", lambda self, h: torch.nn.functional.softplus(h))


@pytest.mark.parametrize("name", MODELS)
def test_no_conditional_looks_ahead(name):
    report = causality(make(name))
    assert report.ok
    assert not report.forbidden.any()


@pytest.mark.parametrize("name", MODELS)
def test_the_links_found_are_those_of_autograd_with_smooth_activations(name, smooth):
    model = make(name)
    at = order(model)
    mix = torch.randn(model.law.params, dtype=torch.float64)

    def mixed(h):
        return (model.network(h.reshape(1, *model.shape)) @ mix).flatten()[at]

    jacobian = jacrev(mixed)(torch.randn(model.m).double())
    assert ((jacobian[:, at] != 0) == causality(model).present).all()


@pytest.mark.parametrize("name", MODELS)
def test_what_comes_later_changes_no_conditional(name):
    model, at = make(name), order(make(name))
    x = draw(model, 1)
    before = model.conditional(x).reshape(model.m, -1)
    for j, place in enumerate(at):
        changed = x.flatten().clone()
        changed[at[j:]] = draw(model, 1).flatten()[at[j:]]
        after = model.conditional(changed.reshape(x.shape)).reshape(model.m, -1)
        assert torch.equal(after[place], before[place])


@pytest.mark.parametrize("name", DISCRETE)
def test_the_probabilities_of_all_states_add_to_one(name):
    model = make(name)
    assert model.log_prob(all_states(model)).exp().sum().item() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_both_samplers_draw_the_same_from_the_same_uniforms(name):
    model = make(name)
    uniforms = uniforms_for(model, 9)
    fast, naive = (model.sample(9, method=method, uniforms=uniforms) for method in ("incremental", "naive"))
    torch.testing.assert_close(fast, naive, rtol=0, atol=1e-9)
    assert fast.unique(dim=0).shape[0] > 1


@pytest.mark.parametrize("name", DISCRETE)
def test_samples_come_as_often_as_log_prob_says(name):
    model = make(name)
    n = 20_000
    states = all_states(model)
    probability = model.log_prob(states).exp()
    digits = model.law.levels ** torch.arange(model.m - 1, -1, -1)
    counts = (model.sample(n).flatten(1) * digits).sum(1).bincount(minlength=len(states))
    # Pearson's statistic over the states expected at least five times, the rest as one; 6 sigma of its own spread
    often = probability * n >= 5
    observed = torch.cat([counts[often], counts[~often].sum()[None]])
    expected = torch.cat([probability[often], probability[~often].sum()[None]]).clamp(min=1e-12) * n
    statistic = ((observed - expected) ** 2 / expected)[expected >= 5].sum().item()
    freedom = int((expected >= 5).sum()) - 1
    assert statistic <= freedom + 6 * (2 * freedom) ** 0.5 + 6


@pytest.mark.parametrize("name", CONTINUOUS)
def test_samples_spread_as_the_density_says(name):
    model = make(name)
    uniforms = uniforms_for(model, 4000)
    x = model.sample(4000, uniforms=uniforms)
    # the first value has no past: its law is one fixed mixture, whose distribution function its draws must follow
    first = next(iter(model.places()))
    law = model.conditional(x)[:, *first][0].detach()
    k = (len(law) + 1) // 3
    weights = torch.cat([torch.zeros(1), law[: k - 1]]).softmax(0)
    normal = torch.distributions.Normal(law[k - 1 : 2 * k - 1], law[2 * k - 1 :].clamp(min=-7).exp())
    distribution = (normal.cdf(x[:, *first].sort().values[:, None]) * weights).sum(1)
    empirical = (torch.arange(4000) + 0.5) / 4000
    assert (distribution - empirical).abs().max() < 2.2 / 4000**0.5     # Kolmogorov: passed by chance once in 8,000


@pytest.mark.parametrize("name", MODELS)
def test_gradients_reach_every_unmasked_weight_and_no_masked_one(name, smooth):
    model = make(name, 2)
    x = draw(model, 40)
    model.log_prob(x, torch.randn(40, 2, dtype=torch.float64)).sum().backward()
    masked = {f"{at}.weight": layer.mask.bool() for at, layer in model.named_modules() if hasattr(layer, "mask")}
    used = reachable(model, masked)
    for at, weight in model.named_parameters():
        assert weight.grad is not None, f"{at} has no gradient"
        assert torch.equal(weight.grad != 0, used[at]), at


def reachable(model, masked):
    """Weights that a value can flow through: not masked, and not reading only the padding of a small image.

    Found without the model's own values: with positive weights, inputs and slopes nothing cancels.
    """
    twin = copy.deepcopy(model)
    with torch.no_grad():
        for weight in twin.parameters():
            weight.copy_(torch.rand_like(weight) / max(1, weight[0].numel()))
    context = torch.ones(1, 2, dtype=torch.float64)
    twin.network(torch.ones(1, *model.shape, dtype=torch.float64), context).sum().backward()
    return {
        at: (weight.grad != 0) & masked.get(at, torch.ones_like(weight, dtype=torch.bool))
        for at, weight in twin.named_parameters()
    }


@pytest.mark.parametrize("name", MODELS)
def test_the_context_reaches_every_value_even_the_first(name):
    model = make(name, 2)
    x = draw(model, 1)
    here, there = (model.conditional(x, torch.full((1, 2), t, dtype=torch.float64)) for t in (0.0, 1.0))
    assert ((here - there).abs().sum(-1) > 0).all()


@pytest.mark.parametrize("name", MODELS)
def test_samplers_agree_with_a_context_too(name):
    model = make(name, 2)
    uniforms, context = uniforms_for(model, 5), torch.randn(5, 2, dtype=torch.float64)
    fast, naive = (model.sample(5, context, method=method, uniforms=uniforms) for method in ("incremental", "naive"))
    torch.testing.assert_close(fast, naive, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_models_dtype_is_that_of_its_answers(name, dtype):
    model = MODELS[name]().to(dtype)
    x = draw(model).to(model.law.dtype or dtype)
    assert model.log_prob(x).dtype == dtype
    assert model.sample(2).dtype == (model.law.dtype or dtype)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_survives_copying_pickling_and_its_state_dict(name):
    model, other = make(name), MODELS[name]().double()
    x = draw(model)
    other.load_state_dict(model.state_dict())
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model)), other):
        assert torch.equal(twin.log_prob(x), model.log_prob(x))


@pytest.mark.parametrize("name", MODELS)
def test_an_empty_batch_gives_an_empty_answer(name):
    model = make(name)
    assert model.log_prob(draw(model, 0)).shape == (0,)
    assert model.sample(0).shape == (0, *model.shape)


def test_the_markov_mlp_sees_exactly_d_values_back():
    present = causality(MarkovMLP(9, 4, Categorical(2))).present
    offset = torch.arange(9)[:, None] - torch.arange(9)
    assert torch.equal(present, (offset >= 1) & (offset <= 4))


def convolution_as_matrix(mask, height, width):
    """The links of one masked convolution over a whole image, both sides in raster order: (pixels out, pixels in)."""
    out_channels, in_channels, k, _ = mask.shape
    dense = torch.zeros(height, width, out_channels, height, width, in_channels, dtype=torch.bool)
    for i, j, y, x in product(range(height), range(width), range(k), range(k)):
        row, column = i + y - k // 2, j + x - k // 2
        if 0 <= row < height and 0 <= column < width:
            dense[i, j, :, row, column] = mask[:, :, y, x]
    return dense.reshape(height * width * out_channels, -1)


@pytest.mark.parametrize(("colors", "layers", "k", "first"), [(1, 0, 3, 3), (1, 3, 3, 5), (3, 2, 3, 3), (2, 4, 5, 7)])
def test_the_links_of_a_pixelcnn_are_the_boolean_product_of_its_masks(colors, layers, k, first):
    height, width = 5, 6
    stack = [raster_mask(first, "A", colors, colors, colors)]
    stack += [raster_mask(k, "B", colors, colors, colors)] * layers
    links = torch.eye(height * width * colors)
    for mask in stack:
        links = (convolution_as_matrix(mask, height, width).float() @ links).clamp(max=1)
    model = PixelCNN((colors, height, width), Bernoulli(), colors, layers, k, first)
    assert torch.equal(causality(model).present, links.bool())


def test_a_pixelcnn_with_a_kernel_as_large_as_the_image_misses_nothing():
    assert not causality(PixelCNN((3, 4, 4), Bernoulli(), 3, 1, 3, first_kernel_size=9)).missing.any()


def test_a_parameter_without_axes_is_a_weight_like_any_other():
    class Damped(AutoregressiveModel):
        def __init__(self):
            super().__init__((4,), Bernoulli())
            self.factor = torch.nn.Parameter(torch.zeros(()))

        def network(self, h, context=None):
            return self.factor * torch.nn.functional.pad(h[:, :-1], (1, 0)).unsqueeze(-1)

    assert causality(Damped()).present.nonzero().tolist() == [[1, 0], [2, 1], [3, 2]]


def test_the_width_that_cuts_no_link_is_one_less_than_m_or_m_with_a_context():
    def missing(width, context_size):
        return int(causality(MADE(4, Bernoulli(), (width,), context_size)).missing.sum())

    assert [missing(width, 0) for width in (2, 3, 4)] == [1, 0, 0]
    assert [missing(width, 1) for width in (2, 3, 4)] == [2, 1, 0]


def test_a_mask_that_looks_ahead_is_found_out():
    def flipped(*arguments):
        return raster_mask(*arguments).flip(-1, -2)

    report = causality(PixelCNN((1, 4, 4), Bernoulli(), 4, 2, mask=flipped))
    assert not report.ok
    assert report.forbidden.any(1)[:-1].all()
    assert "sees" in str(report)


ZEROS = torch.zeros(2, 4, dtype=torch.long)
BAD = {
    "another shape": (lambda model: model.log_prob(ZEROS[:, :3]), r"x must have shape \(\*, 4\), got \(2, 3\)"),
    "not a tensor": (lambda model: model.log_prob([0, 1, 2, 0]), r"x must be a tensor of shape \(\*, 4\), got list"),
    "floats": (lambda model: model.log_prob(ZEROS.float()), r"whole numbers 0\.\.2 .*, got torch\.float32"),
    "a level too high": (lambda model: model.log_prob(ZEROS + 3), r"must lie in 0\.\.2, got values from 3 to 3"),
    "a negative number of draws": (lambda model: model.sample(-1), "n must be an integer of at least 0, got -1"),
    "an unknown sampler": (lambda model: model.sample(1, method="quick"), '"incremental" or "naive", got \'quick\''),
    "too few uniforms": (lambda model: model.sample(2, uniforms=torch.rand(1, 4)), r"shape \(2, 4\), got \(1, 4\)"),
    "a context": (lambda model: model.log_prob(ZEROS, ZEROS), "takes no context"),
    "labels out of range": (lambda model: one_hot(torch.tensor([3]), 3), r"labels must lie in 0\.\.2, got 3 to 3"),
    "order of zero": (lambda model: MarkovMLP(4, 0, Categorical(3)), "order must be an integer of at least 1, got 0"),
    "an image of 2 axes": (lambda model: PixelCNN((4, 4), Categorical(3)), r"shape must be \(C, H, W\), got \(4, 4\)"),
    "one level": (lambda model: Categorical(1), "levels must be an integer of at least 2, got 1"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_what_was_expected_and_what_came(name):
    call, message = BAD[name]
    with pytest.raises(ValueError, match=message):
        call(MarkovMLP(4, 2, Categorical(3)))


def test_a_model_with_context_asks_for_it():
    with pytest.raises(ValueError, match=r"needs a context of shape \(3,\), or \(2, 3\) for one each, got none"):
        MarkovMLP(4, 2, Categorical(3), context_size=3).log_prob(torch.zeros(2, 4).long())

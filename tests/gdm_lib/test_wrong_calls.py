"""Calls that a class gets wrong: each is answered by a sentence that says what was expected, in the caller's words."""

import gzip

import numpy as np
import pytest
import torch
from torch import nn

from gdm_lib import check, data, losses
from gdm_lib.autoregressive import (
    MADE,
    Bernoulli,
    Categorical,
    CausalConvNet,
    DiscretizedLogisticMixture,
    GatedPixelCNN,
    GaussianMixture,
    MarkovMLP,
    PixelCNN,
    one_hot,
)
from gdm_lib.densities import Checkerboard, RoundGaussians, banana, moons, pinwheel
from gdm_lib.divergences import forward_kl, gaussian_kl, kl_divergence, reverse_kl
from gdm_lib.flows import (
    PLU,
    AffineCoupling,
    Compose,
    Dequantized,
    Diagonal,
    GaussianAutoregressive,
    Inverse,
    Logit,
    NoiseAugmented,
    NormalizingFlow,
    Orthogonal,
    Permute,
    StandardNormal,
    maf,
)
from gdm_lib.masks import causal_mask, made_degrees, raster_mask
from gdm_lib.nn import MaskedLinear
from gdm_lib.train import fit

X = torch.zeros(5, 4, dtype=torch.long)
REAL = torch.zeros(5, 4)
EYE = torch.eye(2)


def made():
    return MADE(4, Categorical(3), (8,))


def flow(m=2):
    return NormalizingFlow(StandardNormal(m), PLU(m))


def noisy():
    return NoiseAugmented(flow(), 0.1)


def trained(**settings):
    return fit(made(), **{"data": X, "steps": 2, **settings})


CALLS = {
    # building a model
    "hidden as a number": (lambda: MADE(4, Bernoulli(), 64), "hidden must be a sequence of integers"),
    "hidden as a number, Markov": (lambda: MarkovMLP(4, 2, Bernoulli(), 64), "hidden must be a sequence"),
    "hidden as a number, MAF": (lambda: GaussianAutoregressive(4, 64), "hidden must be a sequence"),
    "hidden as a number, maf": (lambda: maf(4, 2, 64), "hidden must be a sequence"),
    "hidden as a number, coupling": (lambda: AffineCoupling(4, 64), "hidden must be a sequence"),
    "a width of 0": (lambda: MADE(4, Bernoulli(), (0,)), "each entry of hidden must be an integer of at least 1"),
    "a width of 2.5": (lambda: AffineCoupling(4, (2.5,)), "each entry of hidden must be an integer"),
    "m of 0": (lambda: MADE(0, Bernoulli()), "must be an integer of at least 1, got 0"),
    "m as a float": (lambda: PLU(2.0), "m must be an integer of at least 1, got 2.0"),
    "m as True": (lambda: PLU(True), "m must be an integer of at least 1, got True"),
    "m as text": (lambda: MADE("4", Bernoulli()), "must be an integer of at least 1, got '4'"),
    "shape as a number": (lambda: PixelCNN(28, Bernoulli()), "shape must be a sequence of integers"),
    "shape of two axes": (lambda: PixelCNN((28, 28), Bernoulli()), r"shape must be \(C, H, W\)"),
    "shape of two axes, gated": (lambda: GatedPixelCNN((28, 28), Bernoulli()), r"shape must be \(C, H, W\)"),
    "law as a class": (lambda: MADE(4, Bernoulli), r"got the class Bernoulli: call it, Bernoulli\(...\)"),
    "law as a number": (lambda: MADE(4, 17), "law must have a method embed"),
    "law as text": (lambda: MarkovMLP(4, 2, "bernoulli"), "law must have a method embed"),
    "law of torch": (lambda: MADE(4, torch.distributions.Bernoulli(0.5)), "law must have a method embed"),
    "arguments in another order": (lambda: MarkovMLP(4, Bernoulli(), 2), "law must have a method embed"),
    "dilations as a number": (lambda: CausalConvNet(8, Bernoulli(), dilations=2), "dilations must be a sequence"),
    "an even kernel": (lambda: CausalConvNet(8, Bernoulli(), kernel_size=2), "kernel_size must be odd"),
    "an even kernel, PixelCNN": (lambda: PixelCNN((1, 4, 4), Bernoulli(), kernel_size=4), "kernel_size must be odd"),
    "channels that no block fits": (lambda: PixelCNN((3, 4, 4), Bernoulli(), 32), "a multiple of C = 3"),
    "the same, gated": (lambda: GatedPixelCNN((3, 4, 4), Bernoulli(), 32), "channels must be a multiple of C = 3"),
    "layers below 0": (lambda: PixelCNN((1, 4, 4), Bernoulli(), 4, -1), "layers must be an integer of at least 0"),
    "a context size below 0": (lambda: MADE(4, Bernoulli(), context_size=-1), "context_size must be an integer"),
    "one level": (lambda: Categorical(1), "levels must be an integer of at least 2"),
    "no component": (lambda: GaussianMixture(0), "components must be an integer of at least 1"),
    "levels as a float": (lambda: DiscretizedLogisticMixture(256.0), "levels must be an integer"),
    # asking a model
    "floats for levels": (lambda: made().log_prob(REAL), r"0\.\.2 in an integer dtype, got torch\.float32"),
    "a level too high": (lambda: made().log_prob(X + 3), r"must lie in 0\.\.2, got values from 3 to 3"),
    "a level below 0": (lambda: made().log_prob(X - 1), r"must lie in 0\.\.2"),
    "a list": (lambda: made().log_prob([[0, 1, 2, 0]]), "x must be a tensor .* got list"),
    "a numpy array": (lambda: made().log_prob(np.zeros((5, 4), int)), "x must be a tensor .* got ndarray"),
    "another length": (lambda: made().log_prob(X[:, :3]), r"x must have shape \(\*, 4\), got \(5, 3\)"),
    "an image without its channel": (
        lambda: PixelCNN((1, 4, 4), Bernoulli(), 4).log_prob(torch.zeros(5, 4, 4).long()), r"\(\*, 1, 4, 4\)"),
    "integers for reals": (lambda: MADE(4, GaussianMixture()).log_prob(X), "real numbers in a floating dtype"),
    "NaN for reals": (lambda: MADE(4, GaussianMixture()).log_prob(REAL * float("nan")), "finite numbers"),
    "infinity for reals": (lambda: MADE(4, GaussianMixture()).log_prob(REAL + float("inf")), "finite numbers"),
    "a context that nobody asked for": (lambda: made().log_prob(X, REAL), "takes no context"),
    "no context": (lambda: MADE(4, Bernoulli(), (8,), 3).log_prob(X), r"needs a context of shape \(3,\)"),
    "a context as a list": (lambda: MADE(4, Bernoulli(), (8,), 3).log_prob(X, [1, 0, 0]), r"context of shape \(3,\)"),
    "labels as a context": (
        lambda: MADE(4, Bernoulli(), (8,), 3).log_prob(X, torch.zeros(5).long()), r"context of shape \(3,\)"),
    "a context of another batch": (
        lambda: MADE(4, Bernoulli(), (8,), 3).log_prob(X, torch.zeros(2, 3)), r"for one each, got shape \(2, 3\)"),
    "one_hot of reals": (lambda: one_hot(torch.tensor([0.2, 1.7]), 3), "labels must be a tensor of whole numbers"),
    "one_hot of a list": (lambda: one_hot([0, 1], 3), "labels must be a tensor of whole numbers"),
    "one_hot out of range": (lambda: one_hot(torch.tensor([3]), 3), r"labels must lie in 0\.\.2"),
    "one_hot of no class": (lambda: one_hot(torch.tensor([0]), 0), "classes must be an integer of at least 1"),
    # drawing
    "n below 0": (lambda: made().sample(-1), "n must be an integer of at least 0"),
    "n as a float": (lambda: flow().sample(2.5), "n must be an integer of at least 0"),
    "an unknown sampler": (lambda: made().sample(2, method="fast"), '"incremental" or "naive"'),
    "a method where the context stands": (lambda: made().sample(2, "naive"), "takes no context"),
    "too few uniforms": (lambda: made().sample(2, uniforms=torch.rand(1, 4)), "uniforms must have shape"),
    "a temperature of 0": (lambda: made().sample(2, temperature=0), "temperature must be a positive number"),
    "a temperature of 0, flow": (lambda: flow().sample(2, temperature=0), "temperature must be a positive number"),
    "given without its mask": (lambda: made().sample(2, given=X[0]), "given and mask belong together"),
    "a mask of integers": (lambda: made().sample(2, given=X[0], mask=X[0]), "mask must be boolean"),
    "given of another shape": (
        lambda: made().sample(2, given=X[0, :3], mask=torch.ones(4).bool()), r"given must be a tensor of shape \(4,\)"),
    "given out of range": (
        lambda: made().sample(2, given=X[0] + 9, mask=torch.ones(4).bool()), r"must lie in 0\.\.2"),
    # flows
    "a list of transforms": (lambda: Compose([PLU(2), PLU(2)]), "each transform must be a Transform"),
    "a layer of torch": (lambda: Compose(nn.Linear(2, 2)), "each transform must be a Transform"),
    "the class of a transform": (lambda: Inverse(PLU), "the class PLU: call it"),
    "transform and base exchanged": (lambda: NormalizingFlow(PLU(2), StandardNormal(2)), "base must have a method"),
    "a base of another dimension": (lambda: NormalizingFlow(StandardNormal(3), PLU(2)), "base must draw points"),
    "a base of one number": (
        lambda: NormalizingFlow(torch.distributions.Normal(torch.zeros(2), 1.0), PLU(2)), "one log_prob a point"),
    "parts that do not fit": (lambda: Compose(PLU(2), PLU(3)), "must have one dimension m"),
    "more reflections than m": (lambda: Orthogonal(2, 3), "reflections must be at most m = 2"),
    "an order of reals": (lambda: Permute([0.0, 1.0]), "each entry of order must be an integer"),
    "an order of booleans": (lambda: Permute(torch.tensor([False, True])), "each entry of order must be an integer"),
    "an order twice": (lambda: Permute([0, 0]), "each of 0..m-1 once"),
    "coupling of one number": (lambda: AffineCoupling(1), "use Diagonal"),
    "points of another dimension": (lambda: flow().log_prob(torch.zeros(5, 3)), r"shape \(\*, 2\), got \(5, 3\)"),
    "the same through Logit": (
        lambda: NormalizingFlow(StandardNormal(2), Logit()).log_prob(torch.full((5, 3), 0.5)), r"shape \(\*, 2\)"),
    "the same through nothing": (
        lambda: NormalizingFlow(StandardNormal(2), Compose()).log_prob(torch.zeros(5, 3)), r"shape \(\*, 2\)"),
    "the base itself": (lambda: StandardNormal(2).log_prob(torch.zeros(5, 3)), r"z must have shape \(\*, 2\)"),
    "integers in a flow": (lambda: flow().log_prob(torch.zeros(5, 2).long()), "floating dtype"),
    "NaN in a flow": (lambda: flow().log_prob(torch.full((5, 2), float("nan"))), "NaN"),
    "float64 in a flow of float32": (lambda: flow().log_prob(torch.zeros(5, 2).double()), r"\.double\(\) or \.float"),
    "reals in Dequantized": (lambda: Dequantized(flow(), 4).log_prob(torch.zeros(5, 2)), r"integers 0\.\.3"),
    "too high in Dequantized": (lambda: Dequantized(flow(), 4).log_prob(torch.full((5, 2), 4)), "values from 4 to 4"),
    # densities and divergences
    "a density on the line": (lambda: moons().log_prob(torch.zeros(5, 1)), r"x must have shape \(\*, 2\)"),
    "three coordinates": (lambda: Checkerboard().log_prob(torch.zeros(5, 3)), r"x must have shape \(\*, 2\)"),
    "integers on the plane": (lambda: moons().log_prob(torch.zeros(5, 2).long()), "floating dtype"),
    "three on a banana": (lambda: banana().log_prob(torch.zeros(5, 3)), r"x must have shape \(\*, 2\)"),
    "no arms": (lambda: pinwheel(0), "arms must be an integer of at least 1"),
    "sigma of 0": (lambda: RoundGaussians(torch.zeros(1, 2), 0.0), "sigma must be a positive number"),
    "lists as laws": (lambda: kl_divergence([0.5, 0.5], [0.5, 0.5]), "p must be a tensor"),
    "no law": (lambda: kl_divergence(torch.tensor([0.5, 0.6]), torch.tensor([0.5, 0.5])), "sum to 1"),
    "an asymmetric covariance": (
        lambda: gaussian_kl(EYE[0], torch.tensor([[1.0, 99.0], [0.0, 1.0]]), EYE[0], EYE), "cov_p must be symmetric"),
    "means of two lengths": (lambda: gaussian_kl(torch.zeros(1), EYE, torch.zeros(3), EYE), "both have shape"),
    "one matrix or two variances": (lambda: gaussian_kl(EYE, EYE + 1, EYE, EYE + 1), r"pass cov\[None\]"),
    "a KL to a function": (lambda: reverse_kl(flow(), lambda x: x), "^target must have a method log_prob"),
    "a KL of a tensor": (lambda: reverse_kl(REAL, moons()), "^model must have a method log_prob"),
    "a KL from a tensor": (lambda: forward_kl(REAL, flow()), "^target must have a method log_prob"),
    "levels under Gaussian noise": (lambda: noisy().log_prob(X[:, :2]), "x must be of a floating dtype"),
    "levels to denoise": (lambda: noisy().denoised(X[:, :2]), "y must be of a floating dtype"),
    "a KL of one draw": (lambda: forward_kl(moons(), flow(), 1), "n must be an integer of at least 2"),
    # losses, checks
    "a loss of nothing": (lambda: losses.nll(made(), X[:0]), "at least one sample"),
    "a loss of a list": (lambda: losses.nll(made(), [0, 1]), "x must be a tensor"),
    "a loss without a model": (lambda: losses.nll(X, X), "model must have a method log_prob"),
    "bits of a list": (lambda: losses.bits_per_dim([1.0], 3), "log_prob must be a tensor"),
    "bits of no dimension": (lambda: losses.bits_per_dim(REAL[:, 0], 0), "m must be an integer of at least 1"),
    "a reverse loss without a target": (lambda: losses.reverse_kl_loss(flow(), 3, 5), "target must have log_prob"),
    "a reverse loss of an autoregressive model": (
        lambda: losses.reverse_kl_loss(made(), moons(), 5), "flow must have a method rsample_with_log_prob"),
    "the Jacobian of a flow": (lambda: check.jacobian(flow(), REAL[:, :2]), "the .transform of a flow"),
    "the Jacobian at a list": (lambda: check.jacobian(PLU(2), [[0.0, 0.0]]), "x must be a tensor"),
    "the causality of a flow": (lambda: check.causality(flow()), "model must be of type AutoregressiveModel"),
    "the duality of a transform": (lambda: check.kl_duality(PLU(2), moons(), REAL[:, :2]), "of type NormalizingFlow"),
    "too many states": (lambda: check.normalization(MADE(64, Bernoulli(), (8,))), "too many to sum over"),
    "bounds as two numbers": (lambda: check.normalization(flow(), bounds=(-3, 3)), "a pair .low, high. for each axis"),
    "a mask as a list": (lambda: MaskedLinear([[1, 0]]), "mask must be a tensor of 2 dimensions, got list"),
    "a kind of C": (lambda: causal_mask(3, "C"), '"A"'),
    "channels that fit no group": (lambda: raster_mask(3, "A", 3, 4, 3), "multiple of groups"),
    "a hidden width as text": (lambda: made_degrees(4, ["8"]), "must be an integer"),
    # training
    "a batch of 0": (lambda: trained(batch_size=0), "batch_size must be an integer of at least 1"),
    "a batch below 0": (lambda: trained(batch_size=-3), "batch_size must be an integer of at least 1"),
    "never a validation": (lambda: trained(evaluate_every=0), "evaluate_every must be an integer of at least 1"),
    "no patience": (lambda: trained(patience=0, validation=X), "patience must be an integer of at least 1"),
    "patience without validation": (lambda: trained(patience=2), "patience counts validations"),
    "a learning rate of 0": (lambda: trained(lr=0), "lr must be a positive number"),
    "steps as a float": (lambda: trained(steps=1e3), "steps must be an integer"),
    "a list of samples": (lambda: trained(data=list(X)), "torch.stack makes a tensor of a list"),
    "a dict": (lambda: trained(data={"x": X}), "data must be a tensor of samples"),
    "no data": (lambda: trained(data=X[:0]), "at least one sample"),
    "columns of two lengths": (lambda: trained(data=(X, X[:3])), "as many in each tensor"),
    "NaN in the data": (
        lambda: fit(flow(4), torch.full((5, 4), float("nan")), steps=2), "sample 0 has NaN or infinity"),
    "the class of a model": (lambda: fit(MADE, X, steps=2), "the class MADE: call it"),
    "nothing to train": (lambda: fit(Permute([0, 1]), X, steps=2), "no parameter to train"),
    "a loss that is a number": (lambda: trained(loss=3), "loss must be a function"),
    "a loss of many numbers": (lambda: trained(loss=lambda model, x: model.log_prob(x)), "must return one number"),
    "no best": (lambda: trained().best, "pass validation data to fit"),
    # data
    "too many levels": (lambda: data.digits(levels=18), "levels must be at most 17"),
    "levels as text": (lambda: data.larger_digits(levels="8"), "levels must be an integer of at least 2"),
    "no training patch": (lambda: data.patches(n_train=0), "n_train must be an integer of at least 1"),
    "too large a patch": (lambda: data.patches(size=999), "size must be from 1"),
    "too small a shape": (lambda: data.shapes(size=3), "size must be an integer of at least 6"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_call_is_told_what_was_expected(name):
    call, message = CALLS[name]
    with pytest.raises((ValueError, TypeError), match=message):
        call()


BROKEN = {
    "an interrupted download": gzip.compress(bytes(5000))[:-9],
    "a page that says not found": b"<html>not found</html>",
    "a file with a flipped bit": gzip.compress(bytes(5000))[:-6] + b"\0\0\0\0\0\0",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_of_mnist_is_named(tmp_path, name):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(BROKEN[name])
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte\.gz"):
        data.mnist(tmp_path)


def test_the_calls_next_to_wrong_ones_work():
    assert Diagonal(np.int64(3)).m == 3
    assert flow().sample(np.int64(3)).shape == (3, 2)
    assert MADE(np.int64(4), Bernoulli(), np.array([8])).log_prob(X).shape == (5,)
    order = np.arange(4)
    parts = []
    for shift in range(1, 4):
        parts.append(Permute(order))
        order[:] = np.roll(order, shift)
    assert len({tuple(part.order.tolist()) for part in parts}) == 3

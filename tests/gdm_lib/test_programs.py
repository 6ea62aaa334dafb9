"""Four programs that somebody new to the library would write, each in at most 12 lines, and what they must reach."""

import inspect
import math

import pytest
import torch
from sklearn.datasets import load_wine
from sklearn.neighbors import KNeighborsClassifier

from gdm_lib.autoregressive import Bernoulli, Categorical, GatedPixelCNN, PixelCNN, one_hot
from gdm_lib.data import digits
from gdm_lib.flows import NormalizingFlow, StandardNormal, maf
from gdm_lib.losses import bits_per_dim, reverse_kl_loss
from gdm_lib.train import fit

LINES = 12


def digits_by_class():
    data = digits()
    model = GatedPixelCNN((1, 8, 8), Categorical(17), 32, layers=3, first_kernel_size=5, context_size=10)
    train, test = ((x, one_hot(labels, 10)) for x, labels in (
        (data.train, data.train_labels), (data.test, data.test_labels)))
    fit(model, train, steps=600, batch_size=64, lr=5e-3, validation=test)
    with torch.no_grad():
        bits = bits_per_dim(model.log_prob(*test), 64)
    return bits, model.sample(64, one_hot(torch.tensor(7), 10)), data


def wine(standardized=True):
    x = torch.tensor(load_wine().data[:, :6], dtype=torch.float32)[torch.randperm(178)]
    x = (x - x.mean(0)) / x.std(0) if standardized else x
    flow = NormalizingFlow(StandardNormal(6), maf(6, layers=3, hidden=(32, 32)))
    history = fit(flow, x[:140], steps=400, lr=2e-3, validation=x[140:], evaluate_every=20)
    return flow.sample(4000), x, history.best


def bayesian_logistic_regression(log_posterior):
    flow = NormalizingFlow(StandardNormal(4), maf(4, layers=3, hidden=(32,)))
    fit(flow, None, steps=800, lr=5e-3, loss=lambda model: reverse_kl_loss(model, log_posterior, 256))
    with torch.no_grad():
        theta, log_q = flow.rsample_with_log_prob(20_000)
        weights = (log_posterior(theta) - log_q).softmax(0)
    return theta, 1 / (weights.square().sum() * len(theta))


def rgb_images_of_known_entropy():
    red, blue = torch.randint(2, (2, 2000, 6, 6))
    x = torch.stack([red, red, blue], 1)                                    # green is red: 2 bits a pixel, 2/3 a value
    model = PixelCNN((3, 6, 6), Bernoulli(), 24, layers=1, first_kernel_size=3)
    fit(model, x[:1500], steps=200, lr=5e-3)
    with torch.no_grad():
        return bits_per_dim(model.log_prob(x[1500:]), 108), model.sample(200)


def zukos_best(x, steps=400):
    """The smallest validation loss of zuko's MAF of the same size, with the same updates, on the same wines."""
    zuko = pytest.importorskip("zuko", reason="pip install .[peers]")
    flow = zuko.flows.MAF(6, transforms=3, hidden_features=(32, 32))
    optimizer = torch.optim.Adam(flow.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best = math.inf
    for step in range(1, steps + 1):
        batch = x[:140][torch.randperm(140)[:128]]
        loss = -flow().log_prob(batch).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 20 == 0:
            with torch.no_grad():
                best = min(best, -flow().log_prob(x[140:]).mean().item())
    return best


def metropolis(log_density, chains=64, steps=6000, size=0.55):
    """Draws by random walks, (steps / 2 * chains, 4): an independent reference for a posterior."""
    theta, kept = torch.zeros(chains, 4, dtype=torch.float64), []
    now = log_density(theta)
    for step in range(steps):
        proposal = theta + size * torch.randn_like(theta)
        new = log_density(proposal)
        taken = torch.rand(chains, dtype=torch.float64).log() < new - now
        theta, now = torch.where(taken[:, None], proposal, theta), torch.where(taken, new, now)
        if step >= steps // 2:
            kept.append(theta)
    return torch.cat(kept)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("program", [digits_by_class, wine, bayesian_logistic_regression, rgb_images_of_known_entropy])
def test_each_program_has_at_most_twelve_lines(program):
    assert len(inspect.getsource(program).splitlines()) - 1 <= LINES


@pytest.mark.slow
def test_a_gated_pixelcnn_draws_the_digit_it_is_told():
    bits, sevens, data = digits_by_class()
    reader = KNeighborsClassifier(3).fit(data.train.flatten(1).numpy(), data.train_labels.numpy())
    assert reader.score(data.test.flatten(1).numpy(), data.test_labels.numpy()) > 0.97
    assert bits < 1.85
    assert (reader.predict(sevens.flatten(1).numpy()) == 7).sum() >= 48             # of 64; by chance 6


@pytest.mark.slow
def test_a_maf_learns_the_wines():
    drawn, x, best = wine()
    normal = torch.distributions.MultivariateNormal(x[:140].mean(0), x[:140].T.cov())
    assert drawn.isfinite().all()
    assert best < -normal.log_prob(x[140:]).mean()                          # nats, as all of these
    assert best < 8.44
    assert best < zukos_best(x) + 0.15
    assert ((drawn.mean(0) - x.mean(0)) / x.std(0)).abs().max() < 0.1


@pytest.mark.slow
def test_a_maf_learns_the_wines_in_their_own_units_too():
    drawn, x, best = wine(standardized=False)
    assert drawn.isfinite().all()
    assert math.isfinite(best)
    assert ((drawn.mean(0) - x.mean(0)) / x.std(0)).abs().max() < 0.4


@pytest.mark.slow
def test_reverse_kl_finds_the_posterior_that_metropolis_finds():
    x = torch.cat((torch.ones(40, 1), torch.randn(40, 3)), 1).double()
    y = torch.rand(40) < (x @ torch.tensor([0.5, 1.0, -1.0, 0.0]).double()).sigmoid()

    def log_posterior(theta):
        logits = theta @ x.to(theta).T                                      # (n, 40)
        return -theta.square().sum(-1) / 2 + torch.where(y, logits, -logits).to(theta).sigmoid().log().sum(-1)

    theta, efficiency = bayesian_logistic_regression(log_posterior)
    reference = metropolis(log_posterior)
    assert efficiency > 0.9
    assert (theta.mean(0) - reference.mean(0)).abs().max() < 0.05
    assert (theta.std(0) / reference.std(0) - 1).abs().max() < 0.06


@pytest.mark.slow
def test_a_pixelcnn_finds_the_entropy_of_colors():
    bits, drawn = rgb_images_of_known_entropy()
    assert abs(bits - 2 / 3) < 0.01
    assert (drawn[:, 0] == drawn[:, 1]).float().mean() > 0.99
    assert math.isclose(drawn[:, 2].float().mean(), 0.5, abs_tol=0.03)

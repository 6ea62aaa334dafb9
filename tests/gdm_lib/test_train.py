"""Training: it lowers the loss, repeats itself, keeps the best weights, and goes on where it stopped."""

import math
from itertools import count

import pytest
import torch

from gdm_lib.autoregressive import Categorical, MarkovMLP, one_hot
from gdm_lib.losses import bits_per_dim, nll
from gdm_lib.train import fit


def make():
    torch.manual_seed(3)
    return MarkovMLP(6, 2, Categorical(3), (8,))


def chain(n, seed=0):
    """A sequence in which each value is the last one plus 0 or 1, modulo 3: one bit a step after the first."""
    generator = torch.Generator().manual_seed(seed)
    steps = torch.randint(2, (n, 6), generator=generator)
    return steps.cumsum(1) % 3


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def test_training_reaches_the_entropy_of_a_known_source():
    model = MarkovMLP(6, 1, Categorical(3), (32,))
    fit(model, chain(4000), steps=600, lr=1e-2)
    assert bits_per_dim(model.log_prob(chain(4000, 1)), 6).item() == pytest.approx(1, abs=0.02)


def test_a_run_repeats_itself_and_leaves_the_generator_outside_alone():
    models = [make(), make()]
    torch.manual_seed(5)
    histories = [fit(model, chain(200), steps=20) for model in models]
    drawn = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(drawn, torch.rand(3))
    assert histories[0].train == histories[1].train
    assert same(*models)
    assert fit(make(), chain(200), steps=20, seed=1).train != histories[0].train


def test_each_epoch_uses_every_sample_once():
    seen = []

    def loss(model, x):
        seen.extend(x[:, 0].tolist())
        return nll(model, x % 3)

    fit(make(), torch.arange(12).repeat(6, 1).T, steps=6, batch_size=4, loss=loss)
    assert sorted(seen[:12]) == sorted(seen[12:]) == list(range(12))
    assert seen[:12] != seen[12:]


def test_the_weights_of_the_smallest_validation_loss_remain():
    model = make()
    held_out = chain(200, 1)
    history = fit(model, chain(8), steps=200, lr=5e-2, validation=held_out, evaluate_every=10)
    assert history.best < history.validation[-1], "this run must overfit, or it shows nothing"
    assert nll(model, held_out).item() == pytest.approx(history.best, rel=1e-6)


def test_patience_ends_a_run_that_no_longer_improves():
    history = fit(make(), chain(8), steps=2000, lr=5e-2, validation=chain(200, 1), evaluate_every=10, patience=3)
    assert len(history.train) < 2000
    assert history.validation.index(history.best) == len(history.validation) - 4


@pytest.mark.parametrize("stop_at", [10, 25])
def test_an_interrupted_run_ends_with_the_same_weights(tmp_path, stop_at):
    whole, broken = make(), make()
    settings = {"steps": 40, "validation": chain(50, 1), "evaluate_every": 5}
    history = fit(whole, chain(200), **settings)

    calls = count()

    def interrupted(model, x):
        if model.training and torch.is_grad_enabled() and next(calls) == stop_at:
            raise KeyboardInterrupt
        return nll(model, x)

    path = tmp_path / "run.safetensors"
    with pytest.raises(KeyboardInterrupt):
        fit(broken, chain(200), loss=interrupted, path=path, **settings)
    resumed = make()
    again = fit(resumed, chain(200), path=path, **settings)
    assert again.train == history.train
    assert again.validation == history.validation
    assert same(resumed, whole)
    assert [file.name for file in tmp_path.iterdir()] == ["run.safetensors"]


def test_a_loss_that_draws_its_own_samples_resumes_exactly(tmp_path):
    def loss(model):
        return nll(model, torch.randint(3, (4, 6)))

    whole, part, rest = make(), make(), make()
    fit(whole, None, steps=20, loss=loss)

    calls = count()

    def failing(model):
        if next(calls) == 13:
            raise KeyboardInterrupt
        return loss(model)

    with pytest.raises(KeyboardInterrupt):
        fit(part, None, steps=20, loss=failing, evaluate_every=4, path=tmp_path / "run")
    fit(rest, None, steps=20, loss=loss, evaluate_every=4, path=tmp_path / "run")
    assert same(rest, whole)


def test_a_context_goes_with_its_sample():
    label = torch.randint(3, (600,), generator=torch.Generator().manual_seed(0))
    x = label[:, None].expand(-1, 6).clone()
    model = MarkovMLP(6, 1, Categorical(3), (8,), context_size=3)
    fit(model, (x, one_hot(label, 3)), steps=300, lr=2e-2)
    assert bits_per_dim(model.log_prob(x, one_hot(label, 3)), 6).item() < 0.02


def test_a_checkpoint_of_another_model_is_turned_away(tmp_path):
    path = tmp_path / "run"
    fit(make(), chain(20), steps=2, path=path)
    with pytest.raises(ValueError, match="holds another model than this one"):
        fit(MarkovMLP(6, 1, Categorical(3)), chain(20), steps=2, path=path)
    path.write_text("not a checkpoint")
    with pytest.raises(ValueError, match="is not a checkpoint of fit"):
        fit(make(), chain(20), steps=2, path=path)


def test_a_loss_that_is_not_finite_names_its_step():
    with pytest.raises(FloatingPointError, match="became nan at step 1; try a smaller lr"):
        fit(make(), chain(20), steps=2, loss=lambda model, x: nll(model, x) * math.nan)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"data": torch.zeros(0, 6)}, "at least one sample"),
        ({"data": (torch.zeros(3, 6), torch.zeros(2))}, "as many in each tensor"),
        ({"data": chain(5), "patience": 2}, "patience counts validations"),
        ({"data": chain(5), "steps": -1}, "steps must be an integer of at least 0, got -1"),
    ],
)
def test_settings_that_make_no_sense_are_told_so(settings, message):
    with pytest.raises(ValueError, match=message):
        fit(make(), **{"steps": 1, **settings})


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"lr": 1e-2}, "lr was 0.001, is 0.01"),
        ({"batch_size": 16}, "batch_size was 128, is 16"),
        ({"seed": 1}, "seed was 0, is 1"),
        ({"data": chain(30)}, r"data was int64\[20, 6\], checksum \w+, is int64\[30, 6\]"),
        ({"data": chain(20, 5)}, r"data was int64\[20, 6\], checksum"),
        ({"validation": chain(10, 1)}, "validation was none, is"),
    ],
)
def test_a_checkpoint_of_another_experiment_is_refused_with_what_differs(tmp_path, changed, difference):
    settings = {"data": chain(20), "steps": 2, "path": tmp_path / "run"}
    fit(make(), **settings)
    with pytest.raises(ValueError, match=f"holds another run: {difference}"):
        fit(make(), **settings | changed)


@pytest.mark.parametrize("first", [5, 12])
def test_with_another_number_of_steps_a_run_ends_as_one_run_would(tmp_path, first):
    whole, part = make(), make()
    history = fit(whole, chain(200), steps=8)
    fit(part, chain(200), steps=first, path=tmp_path / "run")
    assert fit(part, chain(200), steps=8, path=tmp_path / "run").train == history.train
    assert same(part, whole)


def test_a_batch_may_begin_in_one_epoch_and_end_in_the_next():
    seen = []

    def loss(model, x):
        seen.append(x[:, 0].tolist())
        return nll(model, x % 3)

    fit(make(), torch.arange(10).repeat(6, 1).T, steps=5, batch_size=4, loss=loss)
    assert [len(batch) for batch in seen] == [4] * 5
    stream = [*seen[0], *seen[1], *seen[2], *seen[3], *seen[4]]
    assert sorted(stream[:10]) == sorted(stream[10:]) == list(range(10))


def test_validation_takes_small_batches_in_eval_mode_and_puts_the_mode_back():
    sizes = []

    def loss(model, x):
        if not torch.is_grad_enabled():
            sizes.append(len(x))
            assert not model.training
        return nll(model, x)

    model = make()
    model.mlp.eval()
    fit(model, chain(20), steps=2, batch_size=8, loss=loss, validation=chain(20, 1))
    assert sizes == [8, 8, 4]
    assert model.training
    assert not model.mlp.training


def test_a_validation_loss_of_nan_says_so():
    def loss(model, x):
        return nll(model, x) * (1 if torch.is_grad_enabled() else math.nan)

    with pytest.raises(FloatingPointError, match="validation loss became nan after step 2"):
        fit(make(), chain(20), steps=2, loss=loss, validation=chain(5))

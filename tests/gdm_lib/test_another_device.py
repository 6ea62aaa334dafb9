"""Every model and transform on an accelerator: both directions, sampling, training, checks, the answers of the CPU.

The accelerator is that of `tests.gdm_lib.accelerator`: no GPU is needed, and what would fail on one fails here.
`python -m tests.gdm_lib.test_another_device` prints what fails, and does so in a process of its own.
"""

import contextlib
import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import torch

from gdm_lib import check
from gdm_lib.autoregressive import Bernoulli, GaussianMixture, ManyOrders
from gdm_lib.flows import PLU, Compose, Dequantized, Diagonal, Logit, NormalizingFlow, StandardNormal
from gdm_lib.losses import reverse_kl_loss
from gdm_lib.train import fit
from tests.gdm_lib import accelerator
from tests.gdm_lib.flows_table import TRANSFORMS
from tests.gdm_lib.models import MODELS

STEPS = {"steps": 2, "batch_size": 2}


def answers_of_a_model(model, x, *context):
    """The answers to all that a user asks of an autoregressive model."""
    torch.manual_seed(0)
    one_context = [one[:1] for one in context]
    drawn = [model.sample(2, *one_context, method=way) for way in ("incremental", "naive")]
    known = torch.zeros(model.shape, dtype=torch.bool, device=x.device)
    drawn.append(model.sample(2, *(one[:1] for one in context), given=x[:2], mask=~known, temperature=0.5))
    with model.frozen():
        frozen = model.log_prob(x, *context)
    checked = [check.causality(model).present.to(x)]
    if model.law.dtype is not None:
        total = check.normalization(model, context=context[0][0] if context else None).total
        checked.append(torch.tensor(total).to(frozen))
    fit(model, (x, *context), validation=(x, *context), **STEPS)
    return [*drawn, frozen, *checked, model.log_prob(x, *context)]


def answers_of_many_orders(model, x):
    torch.manual_seed(0)
    drawn = model.sample(3)
    fit(model, x, **STEPS)
    return [drawn, model.log_prob(x)]


def answers_of_a_flow(flow, x):
    torch.manual_seed(0)
    drawn, z = flow.sample(3), flow.transform.f(x)[0]
    with flow.frozen():
        frozen = [flow.log_prob(x), flow.transform.g(z)[0]]
    loss = reverse_kl_loss(flow, flow.base, 3)
    jacobian, duality = check.jacobian(flow.transform, x), check.kl_duality(flow, flow.base, x)
    checked = [jacobian.x_back, jacobian.jacobian_f, jacobian.log_det_g, duality.in_data, duality.in_noise]
    if any(True for _ in flow.parameters()):
        fit(flow, x, **STEPS)
    return [drawn, *frozen, loss.detach(), *checked, flow.log_prob(x)]


def answers_of_a_density(flow, x):
    """A flow on the plane is integrated over a box; its draws lie in it."""
    torch.manual_seed(0)
    drawn = flow.sample(3)
    total = check.normalization(flow).total
    return [drawn, flow.log_prob(x), torch.tensor(total).to(x)]


def answers_of_a_resumed_run(model, x):
    """The weights after a run that stopped half way and went on; its loss draws on the device."""
    torch.manual_seed(0)

    def noisy(model, x):
        return -model.log_prob(x + 0.1 * torch.randn_like(x)).mean()

    def failing(model, x):
        calls.append(None)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return noisy(model, x)

    calls, whole, first = [], copy.deepcopy(model), copy.deepcopy(model)
    fit(whole, x, steps=6, batch_size=2, loss=noisy)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.safetensors")
        with contextlib.suppress(KeyboardInterrupt):
            fit(first, x, steps=6, batch_size=2, loss=failing, evaluate_every=2, path=path)
        fit(model, x, steps=6, batch_size=2, loss=noisy, evaluate_every=2, path=path)
    for mine, theirs in zip(model.parameters(), whole.parameters(), strict=True):
        assert torch.equal(mine, theirs), "the resumed run has other weights"
    return [one.detach() for one in model.parameters()]


def subjects():
    """name -> (what answers, the model on the CPU, its data and context)."""
    for number, (name, make) in enumerate(MODELS.items()):
        size = 2 * (number % 2)                                             # every other one with a context
        model = make(size)
        x = torch.zeros(3, *model.shape, dtype=model.law.dtype or torch.get_default_dtype())
        yield name, (answers_of_a_model, model, x, *[torch.ones(3, size)][: size // 2])
    for law, zero in ((Bernoulli(), 0), (GaussianMixture(2), 0.0)):
        yield f"many orders, {law}", (answers_of_many_orders, ManyOrders(4, law, (6,), 3), torch.full((3, 4), zero))
    for name, make in TRANSFORMS.items():
        yield name, (answers_of_a_flow, NormalizingFlow(StandardNormal(4), make(4)), torch.rand(3, 4))
    yield "a density", (answers_of_a_density, NormalizingFlow(StandardNormal(1), Diagonal(1)), torch.rand(3, 1))
    yield "a resumed run", (answers_of_a_resumed_run, NormalizingFlow(StandardNormal(4), PLU(4)), torch.rand(3, 4))
    bounded = NormalizingFlow(StandardNormal(4), Compose(Logit(), Diagonal(4)))
    yield "dequantized", (answers_of_many_orders, Dequantized(bounded, 4), torch.tensor([[0, 1, 2, 3]] * 3))


def compared(ask, model, *tensors):
    """The error on the accelerator, or None."""
    there = copy.deepcopy(model)
    expected = ask(model, *tensors)
    try:
        with accelerator.Machine():
            got = ask(there.to(accelerator.NAME), *(one.to(accelerator.NAME) for one in tensors))
        for mine, theirs in zip(expected, got, strict=True):
            assert theirs.device.type == accelerator.NAME, f"an answer is on {theirs.device}"
            assert mine.dtype == theirs.dtype
            torch.testing.assert_close(theirs.home, mine, atol=1e-4, rtol=1e-4)
    except Exception as error:          # whatever it is, the other models are still to be tried
        return f"{type(error).__name__}: {error}"
    return None


def main():
    accelerator.register()
    torch.manual_seed(0)
    print(json.dumps({name: compared(*subject) for name, subject in subjects()}))


@pytest.fixture(scope="module")
def faults():
    done = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_every_model_answers_on_an_accelerator_as_on_the_cpu(faults):
    assert len(faults) > len(MODELS) + len(TRANSFORMS)
    assert {name: fault for name, fault in faults.items() if fault} == {}


if __name__ == "__main__":
    main()

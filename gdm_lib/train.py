"""One training loop for every model: Adam, a cosine schedule, early stopping, checkpoints, a progress bar."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from gdm_lib import checkpoint
from gdm_lib._shapes import check_int
from gdm_lib.checkpoint import History
from gdm_lib.losses import nll

__all__ = ["History", "fit"]

Loss = Callable[..., Tensor]


def _batch(data: Tensor, size: int, step: int, seed: int) -> Tensor:
    """Batch number `step` of epochs without replacement; it depends on nothing but its arguments."""
    size = min(size, len(data))
    epoch, place = divmod(step, len(data) // size)
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(hash((seed, epoch)) % 2**63))
    return data[order[place * size : (place + 1) * size].to(data.device)]


@torch.no_grad()
def _mean_loss(loss: Loss, model: nn.Module, data: Tensor, batch_size: int) -> float:
    batches = data.split(batch_size)
    return sum(float(loss(model, batch)) * len(batch) for batch in batches) / len(data)


def _weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def fit(
    model: Any,
    data: Tensor | None,
    *,
    steps: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    loss: Loss = nll,
    validation: Tensor | None = None,
    evaluate_every: int = 100,
    patience: int | None = None,
    seed: int = 0,
    path: str | Path | None = None,
) -> History:
    """Minimize a loss over the parameters of `model`, in place.

    Adam with the gradient's norm clipped at 10; the learning rate falls from `lr` to 0 along a half cosine.
    With validation data, the weights of the smallest validation loss are what remains in the model.

    Parameters
    ----------
    model
        Any module that `loss` knows what to do with.
    data
        Samples, (N, *shape); or None for a loss that draws its own, called as `loss(model)`.
    steps
        How many updates.
    batch_size
        Batches are drawn without replacement until the data is used up, then in a new order.
    lr
        The learning rate at the start.
    loss
        `loss(model, batch)`, a scalar to be made small; the mean over the batch, so that those of
        batches can be averaged.
    validation
        Samples that are not trained on.
    evaluate_every
        Steps between two validations, and between two checkpoints.
    patience
        Stop after so many validations without a new best one; never by default.
    seed
        Of the batches and of whatever the loss draws. The generators outside are left as they were.
    path
        A file for checkpoints (safetensors). If it exists, the run goes on from it, and ends with the
        same weights as if it had not been interrupted.

    Returns
    -------
    History
        Losses of the batches and of the validation set.

    Raises
    ------
    ValueError
        If there is nothing to train on, `patience` comes without validation data, or `path` holds the
        checkpoint of another model.
    FloatingPointError
        If the loss is no longer finite; the message names the step.
    """
    check_int("steps", steps, least=0)
    if data is not None and len(data) == 0:
        raise ValueError("data must hold at least one sample, got an empty tensor")
    if patience is not None and validation is None:
        raise ValueError("patience counts validations: pass validation data, or leave patience out")
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = History()
    best: dict[str, Tensor] = {}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if path is not None and Path(path).exists():
            history, best = checkpoint.load(Path(path), model, optimizer)
        begin = len(history.train)
        bar = tqdm(range(begin, steps), initial=begin, total=steps, desc="fit", unit="step", leave=False)
        for step in bar:
            for group in optimizer.param_groups:
                group["lr"] = lr * (1 + math.cos(math.pi * step / steps)) / 2
            batch = () if data is None else (_batch(data, batch_size, step, seed),)
            history.train.append(_update(model, optimizer, loss(model, *batch), step))
            if (step + 1) % evaluate_every and step + 1 < steps:
                continue
            if validation is not None:
                history.steps.append(step + 1)
                history.validation.append(_mean_loss(loss, model, validation, 1024))
                best = _weights(model) if history.validation[-1] == history.best else best
                bar.set_postfix(validation=f"{history.validation[-1]:.3f}")
            if path is not None:
                checkpoint.save(Path(path), model, optimizer, history, best)
            if patience is not None and _since_best(history) >= patience:
                bar.close()
                break
    if best:
        model.load_state_dict(best)
    return history


def _update(model: nn.Module, optimizer: torch.optim.Optimizer, value: Tensor, step: int) -> float:
    if not value.isfinite():
        raise FloatingPointError(f"the loss became {float(value)} at step {step + 1}; try a smaller lr")
    optimizer.zero_grad()
    value.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 10.0)
    optimizer.step()
    return value.item()


def _since_best(history: History) -> int:
    return len(history.validation) - 1 - history.validation.index(history.best)

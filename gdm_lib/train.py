"""One training loop for every model: Adam, a cosine schedule, early stopping, checkpoints, a progress bar."""

import math
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
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
Data = Tensor | Sequence[Tensor]


def _columns(data: Data | None) -> tuple[Tensor, ...]:
    """The tensors of a data set, each (N, ...)."""
    columns = () if data is None else (data,) if isinstance(data, Tensor) else tuple(data)
    lengths = {len(column) for column in columns}
    if 0 in lengths or len(lengths) > 1:
        raise ValueError(f"data must hold at least one sample, and as many in each tensor; got lengths {lengths}")
    return columns


def _batch(columns: tuple[Tensor, ...], size: int, step: int, seed: int) -> tuple[Tensor, ...]:
    """Batch number `step` of epochs without replacement; it depends on nothing but its arguments."""
    if not columns:
        return ()
    n = len(columns[0])
    first, end = step * min(size, n), (step + 1) * min(size, n)
    parts = [_epoch(n, seed, epoch)[max(0, first - epoch * n) : end - epoch * n]
             for epoch in range(first // n, (end - 1) // n + 1)]
    chosen = torch.cat(parts)
    return tuple(column[chosen.to(column.device)] for column in columns)


@lru_cache(maxsize=2)
def _epoch(n: int, seed: int, epoch: int) -> Tensor:
    """The order of one epoch; the last two are kept, since a batch may begin in one and end in the next."""
    return torch.randperm(n, generator=torch.Generator().manual_seed(hash((seed, epoch)) % 2**63))


@torch.no_grad()
def _mean_loss(loss: Loss, model: nn.Module, columns: tuple[Tensor, ...], batch_size: int) -> float:
    """The loss over a whole set, a batch at a time, in eval mode; the mode of every part is put back."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        batches = zip(*(column.split(batch_size) for column in columns), strict=True)
        total = sum(float(loss(model, *batch)) * len(batch[0]) for batch in batches)
    finally:
        for part, training in modes:
            part.training = training
    return total / len(columns[0])


def _can_fuse(model: nn.Module) -> bool:
    """Whether Adam may update all parameters in one kernel: floats, on the CPU or on a CUDA device."""
    return all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in model.parameters())


def _weights(model: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _bar(begin: int, steps: int) -> tqdm:
    # tqdm's notebook bar does not read this variable itself, and would be stored with the outputs
    hidden = os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(range(begin, steps), "fit", steps, leave=False, unit="step", initial=begin, disable=hidden)


def fit(
    model: Any,
    data: Data | None,
    *,
    steps: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    loss: Loss = nll,
    validation: Data | None = None,
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
        Samples, (N, *shape); or several tensors of N entries each, such as samples and their context, for
        `loss(model, x, context)`; or None for a loss that draws its own, called as `loss(model)`.
    steps
        How many updates.
    batch_size
        Samples are drawn without replacement until all have been used, then in a new order; a batch may hold the
        end of one round and the beginning of the next.
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
    columns, held_out = _columns(data), _columns(validation)
    if patience is not None and not held_out:
        raise ValueError("patience counts validations: pass validation data, or leave patience out")
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=_can_fuse(model))
    history = History()
    best: dict[str, Tensor] = {}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        if path is not None and Path(path).exists():
            history, best = checkpoint.load(Path(path), model, optimizer)
        bar = _bar(len(history.train), steps)
        for step in bar:
            if patience is not None and _validations_since_best(history) >= patience:
                bar.close()
                break
            value = loss(model, *_batch(columns, batch_size, step, seed))
            rate = lr * (1 + math.cos(math.pi * step / steps)) / 2
            history.train.append(_update(model, optimizer, value, rate, step))
            if (step + 1) % evaluate_every and step + 1 < steps:
                continue
            if held_out:
                history.steps.append(step + 1)
                history.validation.append(_mean_loss(loss, model, held_out, batch_size))
                best = _weights(model) if history.validation[-1] == history.best else best
                bar.set_postfix(validation=f"{history.validation[-1]:.3f}")
            if path is not None:
                checkpoint.save(Path(path), model, optimizer, history, best)
    if best:
        model.load_state_dict(best)
    return history


def _update(model: nn.Module, optimizer: torch.optim.Optimizer, value: Tensor, rate: float, step: int) -> float:
    if not value.isfinite():
        raise FloatingPointError(f"the loss became {value.item()} at step {step + 1}; try a smaller lr")
    optimizer.zero_grad()
    value.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 10.0)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    return value.item()


def _validations_since_best(history: History) -> int:
    return len(history.validation) - 1 - history.validation.index(history.best) if history.validation else 0

"""One training loop for every model: Adam, a cosine schedule, early stopping, checkpoints, a progress bar."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm.auto import tqdm

from gdm_lib._random import own_generators
from gdm_lib._shapes import check_int, check_positive, described
from gdm_lib.losses import nll
from gdm_lib.train import checkpoint
from gdm_lib.train.batches import Columns, batch_of, columns_of, fingerprint
from gdm_lib.train.checkpoint import History, Run, weights_of

__all__ = ["History", "fit"]

Loss = Callable[..., Tensor]
Data = Tensor | np.ndarray | tuple[Tensor | np.ndarray, ...] | DataLoader | Dataset


@torch.no_grad()
def _mean_loss(loss: Loss, model: nn.Module, columns: Columns, batch_size: int) -> float:
    """The loss over a whole set, a batch at a time, in eval mode; the mode of every part is put back."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        device, total = next(model.parameters()).device, 0.0
        for batch in zip(*(column.split(batch_size) for column in columns), strict=True):
            parts = [part.to(device) for part in batch]
            total += float(loss(model, *parts)) * len(parts[0])
    finally:
        for part, training in modes:
            part.training = training
    return total / len(columns[0])


def _can_fuse(model: nn.Module) -> bool:
    """Return True if Adam may update all parameters in one kernel: floats, on the CPU or on a CUDA device."""
    return all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in model.parameters())


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
        Any module that `loss` accepts.
    data
        Samples, (N, *shape), as a tensor, a numpy array, a Dataset or a DataLoader, all of which is read once; or a
        tuple of several of N entries each, such as samples and their context, for `loss(model, x, context)`; or
        None for a loss that draws its own, called as `loss(model)`. Batches move to the device of the model.
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
        Samples that are not trained on, in the same form; taken in eval mode, `batch_size` at a time.
    evaluate_every
        Steps between two validations, and between two checkpoints.
    patience
        Stop after so many validations without a new best one; never by default.
    seed
        Of the batches and of whatever the loss draws. The generators outside are left as they were.
    path
        A file for checkpoints (safetensors). If it exists, the run goes on from it, and ends with the
        same weights as if it had not been interrupted. A checkpoint of other data, lr, batch_size, seed, patience
        or evaluate_every is refused. With another number of steps the learning rates are others from the first
        step on: the run is then made anew, from the weights that it began with. The loss is not compared.

    Returns
    -------
    History
        Losses of the batches and of the validation set.

    Raises
    ------
    ValueError
        If there is nothing to train or to train on, a setting makes no sense, or `path` holds the checkpoint of
        another run.
    FloatingPointError
        If the loss is no longer finite; the message names the step.
    """
    like = _first_parameter(model)
    steps, batch_size = check_int("steps", steps, least=0), check_int("batch_size", batch_size)
    evaluate_every, seed = check_int("evaluate_every", evaluate_every), check_int("seed", seed, least=0)
    patience = None if patience is None else check_int("patience", patience)
    lr = check_positive("lr", lr)
    if not callable(loss):
        raise ValueError(f"loss must be a function loss(model, batch), got {described(loss)}")
    columns, held_out = columns_of("data", data, like), columns_of("validation", validation, like)
    if patience is not None and not held_out:
        raise ValueError("patience counts validations: pass validation data, or leave patience out")
    file = None if path is None else Path(path)
    settings = {"lr": repr(lr), "batch_size": str(batch_size), "seed": str(seed), "patience": str(patience),
                "evaluate_every": str(evaluate_every)}
    if file is not None:
        settings |= {"data": fingerprint(columns), "validation": fingerprint(held_out)}
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=_can_fuse(model))
    with own_generators(like.device, seed):
        if file is not None and file.exists():
            run = checkpoint.load(file, model, optimizer, steps, settings)
        else:
            run = Run(History(), weights_of(model) if file is not None else {}, {})
        history = run.history
        bar = _bar(len(history.train), steps)
        for step in bar:
            if patience is not None and _validations_since_best(history) >= patience:
                bar.close()
                break
            value = loss(model, *batch_of(columns, batch_size, step, seed, like.device))
            rate = lr * (1 + math.cos(math.pi * step / steps)) / 2
            history.train.append(_update(model, optimizer, value, rate, step))
            if (step + 1) % evaluate_every and step + 1 < steps:
                continue
            if held_out:
                _validate(loss, model, held_out, batch_size, run, step)
                bar.set_postfix(validation=f"{history.validation[-1]:.3f}")
            if file is not None:
                checkpoint.save(file, model, optimizer, run, steps, settings)
    if run.best:
        model.load_state_dict(run.best)
    return history


def _first_parameter(model: Any) -> Tensor:
    """A parameter of `model`, if it has any that is trained."""
    if not isinstance(model, nn.Module):
        came = f"the class {model.__name__}: call it" if isinstance(model, type) else described(model)
        raise ValueError(f"model must be a torch module, got {came}")
    for parameter in model.parameters():
        if parameter.requires_grad:
            return parameter
    raise ValueError(f"{type(model).__name__} has no parameter to train")


def _validate(loss: Loss, model: nn.Module, held_out: Columns, batch_size: int, run: Run, step: int) -> None:
    """Take the validation loss, and keep the weights if it is the smallest so far."""
    value = _mean_loss(loss, model, held_out, batch_size)
    if math.isnan(value):
        raise FloatingPointError(f"the validation loss became nan after step {step + 1}; try a smaller lr")
    run.history.steps.append(step + 1)
    run.history.validation.append(value)
    if value == run.history.best:
        run.best = weights_of(model)


def _update(model: nn.Module, optimizer: torch.optim.Optimizer, value: Tensor, rate: float, step: int) -> float:
    if not isinstance(value, Tensor) or value.numel() != 1:
        raise ValueError(f"loss must return one number, a tensor without axes, got {described(value)}")
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

"""One training loop for every model: Adam, a cosine schedule, early stopping, checkpoints, a progress bar."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm.auto import tqdm

from gdm_lib._devices import own_generators
from gdm_lib._shapes import described
from gdm_lib.losses import nll
from gdm_lib.train import checkpoint
from gdm_lib.train.batches import columns_of
from gdm_lib.train.checkpoint import History, Run, weights_of
from gdm_lib.train.steps import Loss, Settings, Training

__all__ = ["History", "fit"]

Data = Tensor | np.ndarray | tuple[Tensor | np.ndarray, ...] | DataLoader | Dataset


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
    settings = Settings.checked(steps, batch_size, lr, evaluate_every, patience, seed)
    if not callable(loss):
        raise ValueError(f"loss must be a function loss(model, batch), got {described(loss)}")
    columns, held_out = columns_of("data", data, like), columns_of("validation", validation, like)
    if settings.patience is not None and not held_out:
        raise ValueError("patience counts validations: pass validation data, or leave patience out")
    training = Training(model, loss, columns, held_out, settings)
    with own_generators(like.device, settings.seed):
        run = _run(training, None if path is None else Path(path))
    if run.best:
        model.load_state_dict(run.best)
    return run.history


def _first_parameter(model: Any) -> Tensor:
    """A parameter of `model`, if it has any that is trained."""
    if not isinstance(model, nn.Module):
        came = f"the class {model.__name__}: call it" if isinstance(model, type) else described(model)
        raise ValueError(f"model must be a torch module, got {came}")
    for parameter in model.parameters():
        if parameter.requires_grad:
            return parameter
    raise ValueError(f"{type(model).__name__} has no parameter to train")


def _run(training: Training, file: Path | None) -> Run:
    """Take the steps that are left: all of them, or those after the checkpoint in `file`."""
    settings, model, optimizer = training.settings, training.model, training.optimizer
    identity = {} if file is None else training.identity()
    if file is not None and file.exists():
        run = checkpoint.load(file, model, optimizer, settings.steps, identity)
    else:
        run = Run(History(), {} if file is None else weights_of(model), {})
    bar = _bar(len(run.history.train), settings.steps)
    for step in bar:
        if training.is_out_of_patience(run.history):
            bar.close()
            break
        run.history.train.append(training.update(step))
        if (step + 1) % settings.evaluate_every and step + 1 < settings.steps:
            continue
        if training.held_out:
            training.validate(run, step)
            bar.set_postfix(validation=f"{run.history.validation[-1]:.3f}")
        if file is not None:
            checkpoint.save(file, model, optimizer, run, settings.steps, identity)
    return run


def _bar(begin: int, steps: int) -> tqdm:
    # tqdm's notebook bar does not read this variable itself, and would be stored with the outputs
    hidden = os.environ.get("TQDM_DISABLE", "0") not in ("", "0")
    return tqdm(range(begin, steps), "fit", steps, leave=False, unit="step", initial=begin, disable=hidden)

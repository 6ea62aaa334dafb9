"""The two things that `fit` repeats: an update of the parameters, and a look at the validation set."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int, check_positive, described
from gdm_lib.train.batches import Columns, batch_of, fingerprint
from gdm_lib.train.checkpoint import History, Run, weights_of

Loss = Callable[..., Tensor]
MAX_GRADIENT_NORM = 10.0


@dataclass(frozen=True)
class Settings:
    """The numbers that `fit` was given; each as its docstring says."""

    steps: int
    batch_size: int
    lr: float
    evaluate_every: int
    patience: int | None
    seed: int

    @classmethod
    def checked(cls, steps: Any, batch_size: Any, lr: Any, evaluate_every: Any, patience: Any, seed: Any
                ) -> "Settings":
        """The settings, or a ValueError that names the first that makes no sense."""
        steps, batch_size = check_int("steps", steps, least=0), check_int("batch_size", batch_size)
        evaluate_every, seed = check_int("evaluate_every", evaluate_every), check_int("seed", seed, least=0)
        patience = None if patience is None else check_int("patience", patience)
        return cls(steps, batch_size, check_positive("lr", lr), evaluate_every, patience, seed)


class Training:
    """A model, its loss, its data and its optimizer: Adam, the gradient's norm clipped at 10."""

    def __init__(self, model: nn.Module, loss: Loss, columns: Columns, held_out: Columns, settings: Settings) -> None:
        self.model, self.loss, self.settings = model, loss, settings
        self.columns, self.held_out = columns, held_out
        self.device = next(p.device for p in model.parameters() if p.requires_grad)
        self.optimizer = torch.optim.Adam(model.parameters(), lr=settings.lr, fused=_can_fuse(model))

    def identity(self) -> dict[str, str]:
        """The settings and data by which a checkpoint knows its own run; `steps` and the loss are not among them."""
        settings = self.settings
        return {"lr": repr(settings.lr), "batch_size": str(settings.batch_size), "seed": str(settings.seed),
                "patience": str(settings.patience), "evaluate_every": str(settings.evaluate_every),
                "data": fingerprint(self.columns), "validation": fingerprint(self.held_out)}

    def update(self, step: int) -> float:
        """Take step number `step`; return the loss of its batch, as it was before."""
        settings = self.settings
        batch = batch_of(self.columns, settings.batch_size, step, settings.seed, self.device)
        value = self.loss(self.model, *batch)
        if not isinstance(value, Tensor) or value.numel() != 1:
            raise ValueError(f"loss must return one number, a tensor without axes, got {described(value)}")
        if not value.isfinite():
            raise FloatingPointError(f"the loss became {value.item()} at step {step + 1}; try a smaller lr")
        self.optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), MAX_GRADIENT_NORM)
        for group in self.optimizer.param_groups:
            group["lr"] = settings.lr * (1 + math.cos(math.pi * step / settings.steps)) / 2
        self.optimizer.step()
        return value.item()

    def validate(self, run: Run, step: int) -> None:
        """Take the validation loss, and keep the weights if it is the smallest so far."""
        value = _mean_loss(self.loss, self.model, self.held_out, self.settings.batch_size)
        if math.isnan(value):
            raise FloatingPointError(f"the validation loss became nan after step {step + 1}; try a smaller lr")
        run.history.steps.append(step + 1)
        run.history.validation.append(value)
        if value == run.history.best:
            run.best = weights_of(self.model)

    def is_out_of_patience(self, history: History) -> bool:
        """True if the last `patience` validations brought no new best one."""
        if self.settings.patience is None or not history.validation:
            return False
        since_the_best = len(history.validation) - 1 - history.validation.index(history.best)
        return since_the_best >= self.settings.patience


def _can_fuse(model: nn.Module) -> bool:
    """Return True if Adam may update all parameters in one kernel: floats, on the CPU or on a CUDA device."""
    return all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in model.parameters())


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

"""A training run on disk: what is needed to go on as if it had never stopped, in safetensors."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn


@dataclass
class History:
    """The course of a training run; losses in the unit of the loss, nats for `nll`."""

    train: list[float] = field(default_factory=list)
    """The loss of the batch at each step."""
    validation: list[float] = field(default_factory=list)
    """The loss of the whole validation set, each time it was taken."""
    steps: list[int] = field(default_factory=list)
    """How many steps had been taken then."""

    @property
    def best(self) -> float:
        """The smallest validation loss, that of the weights which `fit` leaves in the model."""
        return min(self.validation)


def _flat(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor.detach().contiguous().clone() for name, tensor in tensors.items()}


def save(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, history: History, best: dict[str, Tensor]
) -> None:
    """Write everything to `path` at once: a run that is killed while writing leaves the last checkpoint whole."""
    state = optimizer.state_dict()["state"]
    moments = {f"{k}.{name}": torch.as_tensor(value) for k, entry in state.items() for name, value in entry.items()}
    tensors = {
        **_flat("model", model.state_dict()),
        **_flat("optimizer", moments),
        **_flat("best", best),
        "rng": torch.get_rng_state(),
    }
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, partial, metadata={"history": json.dumps(asdict(history))})
    os.replace(partial, path)


def load(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> tuple[History, dict[str, Tensor]]:
    """Put a saved run back into `model` and `optimizer`; returns its history and the best weights so far.

    Raises
    ------
    ValueError
        If the file is not a checkpoint, or is that of another model.
    """
    try:
        with safe_open(path, framework="pt") as file:
            history = History(**json.loads(file.metadata()["history"]))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:
        raise ValueError(f"{path} is not a checkpoint of fit ({error}); delete it to start anew") from error
    parts: dict[str, dict[str, Tensor]] = {"model": {}, "optimizer": {}, "best": {}}
    for name, tensor in tensors.items():
        if "/" in name:
            part, key = name.split("/", 1)
            parts[part][key] = tensor
    try:
        model.load_state_dict(parts["model"])
    except RuntimeError as error:
        raise ValueError(f"{path} holds another model than this one: {error}") from error
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in parts["optimizer"].items():
        k, entry = key.split(".")
        state.setdefault(int(k), {})[entry] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    torch.set_rng_state(tensors["rng"])
    return history, parts["best"]

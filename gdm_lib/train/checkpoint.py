"""A training run on disk: what is needed to go on as if it had never stopped, in safetensors."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_lib._devices import device_of, generator_states, set_generator_states

Identity = Mapping[str, str]
Weights = dict[str, Tensor]


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
        if not self.validation:
            raise ValueError("there is no best validation loss: pass validation data to fit")
        return min(self.validation)


@dataclass
class Run:
    """A run between two steps."""

    history: History
    start: Weights
    """The weights before the first step."""
    best: Weights
    """Those of the smallest validation loss; empty without validation."""


def weights_of(model: nn.Module) -> Weights:
    """A copy of all parameters and buffers."""
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}


def _flat(prefix: str, tensors: Mapping[str, Tensor]) -> Weights:
    return {f"{prefix}/{name}": tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def save(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, run: Run, steps: int, identity: Identity
         ) -> None:
    """Write everything to `path` at once: a run that is killed while writing leaves the last checkpoint whole."""
    state = optimizer.state_dict()["state"]
    moments = {}
    for k, entry in state.items():
        for name, value in entry.items():
            moments[f"{k}.{name}"] = torch.as_tensor(value)
    tensors = {
        **_flat("model", model.state_dict()),
        **_flat("optimizer", moments),
        **_flat("best", run.best),
        **_flat("start", run.start),
        **_flat("generator", generator_states(device_of(model))),
    }
    partial = path.with_name(path.name + ".partial")
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = {"history": json.dumps(asdict(run.history)), "steps": str(steps), "settings": json.dumps(dict(identity))}
    save_file(tensors, partial, metadata=texts)
    os.replace(partial, path)


def load(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, steps: int, identity: Identity) -> Run:
    """Put a saved run back into `model` and `optimizer`.

    A run of another number of steps had another learning rate from its first step on: of it only the weights of its
    start are put back, and the run begins anew.

    Raises
    ------
    ValueError
        If the file is not a checkpoint, or is that of another model or of other settings.
    """
    try:
        with safe_open(path, framework="pt") as file:
            texts = file.metadata()
            history = History(**json.loads(texts["history"]))
            planned, then = int(texts["steps"]), json.loads(texts["settings"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:
        raise ValueError(f"{path} is not a checkpoint of fit ({error}); delete it to start anew") from error
    parts: dict[str, Weights] = {"model": {}, "optimizer": {}, "best": {}, "start": {}, "generator": {}}
    for name, tensor in tensors.items():
        if "/" in name:
            part, key = name.split("/", 1)
            parts[part][key] = tensor
    differences = []
    for key, value in identity.items():
        if then.get(key) != value:
            differences.append(f"{key} was {then.get(key)}, is {value}")
    try:
        model.load_state_dict(parts["model"] if planned == steps else parts["start"])
    except RuntimeError as error:
        raise ValueError(f"{path} holds another model than this one: {error}") from error
    if differences:
        raise ValueError(f"{path} holds another run: {'; '.join(differences)}. Delete it to start anew, or give "
                         "another path")
    if planned != steps:
        return Run(History(), parts["start"], {})
    state: dict[int, Weights] = {}
    for key, tensor in parts["optimizer"].items():
        k, entry = key.split(".")
        state.setdefault(int(k), {})[entry] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    set_generator_states(device_of(model), parts["generator"])
    return Run(history, parts["start"], parts["best"])

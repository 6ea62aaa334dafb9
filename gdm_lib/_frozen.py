"""What a model makes of its parameters in every call, made once for as long as they stay as they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

CHANGED = "a weight has changed inside `frozen`: train outside of it, and freeze again"


class Freezable(nn.Module):
    """A module that makes something of its own parameters: `once("name", make)`."""

    _kept: "_Kept | None" = None

    @property
    def is_frozen(self) -> bool:
        """True inside `frozen`."""
        return self._kept is not None

    def once(self, name: str, make: Callable[[], Tensor]) -> Tensor:
        """What `make` returns; inside `frozen` it is asked once, without gradients."""
        if self._kept is None:
            return make()
        return self._kept.get(name, make)


class _Kept:
    """What one module made of its parameters, and the parameters it was made of."""

    def __init__(self, module: nn.Module) -> None:
        self.made: dict[str, Tensor] = {}
        self.own = module._parameters                                       # names and what they stand for now
        self.then = [(name, weight, _version(weight)) for name, weight in self.own.items() if weight is not None]
        self.values = [weight.detach().clone() for _, weight, _ in self.then]

    def get(self, name: str, make: Callable[[], Tensor]) -> Tensor:
        for at, weight, version in self.then:
            if self.own[at] is not weight or _version(weight) != version:
                raise RuntimeError(CHANGED)
        if name not in self.made:
            with torch.no_grad():
                self.made[name] = make()
        return self.made[name]

    def changed(self) -> bool:
        """True if any value is another than on entry, whatever way it was written."""
        pairs = zip(self.then, self.values, strict=True)
        return any(_differ(weight, value) for (_, weight, _), value in pairs)


def _version(weight: Tensor) -> int:
    """torch's count of the writes to a tensor; tensors of inference mode have none."""
    return 0 if weight.is_inference() else weight._version


def _differ(one: Tensor, other: Tensor) -> bool:
    """True if two tensors hold different values, NaN being one value; False where none can be read, as on meta."""
    try:
        return not torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)
    except (NotImplementedError, RuntimeError):
        return False


@contextmanager
def frozen(model: nn.Module) -> Iterator[None]:
    """Inside `with frozen(model):` all that depends on the parameters alone is made once, not in every call.

    That is: masked weights, products of reflections, inverses of triangles. For many evaluations with weights that
    stay as they are. Gradients reach the inputs, not the weights.

    Raises
    ------
    RuntimeError
        In the first call after a weight has changed; for a change that torch does not count, such as one through
        `.data`, at the end of the block.
    """
    modules = [module for module in model.modules() if isinstance(module, Freezable)]
    before = [module._kept for module in modules]
    for module in modules:
        module._kept = _Kept(module)
    try:
        yield
        if any(module._kept is not None and module._kept.changed() for module in modules):
            raise RuntimeError(CHANGED)
    finally:
        for module, kept in zip(modules, before, strict=True):
            module._kept = kept

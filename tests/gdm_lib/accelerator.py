"""An accelerator for tests: a device of torch whose tensors hold their values on the CPU.

As on a real one, an operation whose tensors lie on different devices raises torch's error, but for single numbers on
the CPU and indices. Registered with torch for the whole process: use it in a process of its own.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_map
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

NAME = "elsewhere"
MIXED = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default, torch.ops.aten.index.Tensor,
         torch.ops.aten.index_put_.default, torch.ops.aten._index_put_impl_.default}
"""May meet tensors of both devices: copies from one to the other, and indices on the CPU."""


class Away(torch.Tensor):
    """A tensor on the accelerator; `home` is the tensor on the CPU that holds its values."""

    @staticmethod
    def __new__(cls, home):
        return torch.Tensor._make_wrapper_subclass(
            cls, home.size(), strides=home.stride(), storage_offset=home.storage_offset(), dtype=home.dtype,
            device=torch.device(NAME, 0))

    def __init__(self, home):
        self.home = home

    def __repr__(self):
        return f"Away({self.home})"

    def tolist(self):
        return self.home.tolist()

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return executed(func, types, args, kwargs or {})


def executed(func, types, args, kwargs):
    """Run one operation on the CPU, and bring its result to where torch would have left it."""
    device = kwargs.get("device")
    away = any(issubclass(kind, Away) for kind in types)
    goes_away = away if device is None else torch.device(device).type == NAME
    if not away and not goes_away:
        return func(*args, **kwargs)
    seen = set()
    at_home = [at_the_cpu(one, seen) for one in args]
    names = {name: at_the_cpu(one, seen) for name, one in kwargs.items()}
    if len(seen) == 2 and func not in MIXED:
        raise RuntimeError(f"Expected all tensors to be on the same device, but {func} got some on {NAME} and on cpu")
    if device is not None:
        names["device"] = torch.device("cpu")
    out = func(*at_home, **names)
    if func is torch.ops.aten.copy_.default:
        return args[0]
    if not goes_away:
        return out
    out = tree_map(lambda one: Away(one) if isinstance(one, torch.Tensor) else one, out)
    return return_and_correct_aliasing(func, args, kwargs, out) if away else out


def at_the_cpu(value, seen):
    """An argument with the tensors on the CPU in place of those away; `seen` learns which of both there were."""
    if isinstance(value, Away):
        seen.add(NAME)
        return value.home
    if isinstance(value, torch.Tensor) and value.ndim:
        seen.add("cpu")
    if isinstance(value, list | tuple):
        return [at_the_cpu(one, seen) for one in value]
    return value


class Machine(TorchDispatchMode):
    """Inside, torch makes tensors on the accelerator where it is asked to."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return executed(func, types, args, kwargs or {})


class Module(_DummyBackendModule):
    """The functions that torch asks of a device, whose generator, here, is that of the CPU."""

    def get_rng_state(self, device):
        return torch.get_rng_state()

    def set_rng_state(self, state, device):
        torch.set_rng_state(state)

    def manual_seed(self, seed):
        torch.default_generator.manual_seed(seed)


def register():
    # Otherwise a conversion sets the data of a parameter, and `home` would keep those of the old type.
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    _setup_privateuseone_for_python_backend(NAME, Module())

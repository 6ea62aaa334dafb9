"""Inside the kernel: the library's own answers to the tasks cannot be called, and nothing is compiled."""

import importlib
import sys
from collections.abc import Callable
from typing import Any

import torch

from gdm_grader.referee.refusals import LIBRARY_ANSWER


def refuse_class(value: type) -> None:
    """None of the class's own methods can be called, whoever makes an object of it, and how."""
    def refused(*arguments: Any, **named: Any) -> Any:
        """Raise what each of the methods raises from now on."""
        raise RuntimeError(LIBRARY_ANSWER)

    for name, member in list(vars(value).items()):
        if callable(member) or isinstance(member, (staticmethod, classmethod, property)):
            setattr(value, name, refused)


def refuse(name: str) -> None:
    """Whoever calls this function, or makes this class, from now on in this process gets a sentence."""
    module, _, own = name.rpartition(".")
    value = getattr(importlib.import_module(module), own)

    def refused(*arguments: Any, **named: Any) -> Any:
        """Raise what the function raises from now on."""
        # In full, as refusals.LIBRARY_ANSWER: this code is put into a function of the library, which knows no names.
        raise RuntimeError("the library's own answer to this task cannot be called here: write it yourself")

    if isinstance(value, type):
        refuse_class(value)
        return
    code = refused.__code__.replace(co_name=own, co_qualname=own)
    if len(value.__code__.co_freevars) == 0:
        value.__code__ = code  # whoever imported it before has it, too
    else:
        package = module.partition(".")[0]
        for other in [other for path, other in sys.modules.items() if path.partition(".")[0] == package]:
            if vars(other).get(own) is value:
                setattr(other, own, refused)


def leave_out_compiling() -> None:
    """torch.compile gives the function back as it is: the same values, without the minute that a compiler takes."""
    def uncompiled(model: Callable | None = None, **_: Any) -> Any:
        """Take the place of torch.compile, also as a decorator with settings."""
        return model if model is not None else lambda function: function

    torch.compile = uncompiled  # type: ignore[assignment]
    torch.nn.Module.compile = lambda self, *arguments, **named: None  # type: ignore[method-assign, assignment]

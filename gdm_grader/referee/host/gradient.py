"""The node of autograd that stands for what a kernel computed from what it was given."""

import weakref
from typing import Any, Protocol

import torch
from torch.autograd.function import once_differentiable

from gdm_grader.referee.protocol import Unreadable


class Differentiates(Protocol):
    """A kernel as the node uses it."""

    def pull(self, tensor: int, leaves: list[tuple[int, torch.Tensor]], grad: torch.Tensor) -> list:
        """Ask the kernel for the gradients of one of its tensors, one for each tensor that was passed to it."""


class RemoteGradient(torch.autograd.Function):
    """A tensor of the kernel, as a function of what was passed to the kernel."""

    @staticmethod
    def forward(ctx: Any, remote: Differentiates, number: int, leaves: list, value: torch.Tensor, *tensors: torch.Tensor
                ) -> torch.Tensor:
        """Return the value as a tensor of its own; the rest is kept for `backward`.

        The kernel is not kept alive: a tensor that stands among the tests' names would hold it through autograd's
        graph, in which Python's garbage collector sees no cycle, and with it the whole notebook.
        """
        ctx.remote, ctx.number, ctx.leaves = weakref.ref(remote), number, leaves
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple:
        """Return the gradients that the kernel computes, one for each tensor that was passed to it."""
        remote = ctx.remote()
        if remote is None:
            raise Unreadable("a tensor of a Python that has ended")
        return (None, None, None, None, *remote.pull(ctx.number, ctx.leaves, grad))

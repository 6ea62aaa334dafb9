"""Sends gradients of its own: NaN, of another shape, too many, of tensors that have none."""

import sys

import torch

agent = sys.modules["gdm_grader.referee.kernel.server"]
forged = [[torch.full((1, 2, 3), float("nan"))], [torch.ones(7)], [], [None] * 50, True, [True]]
calls = []


def do_pull(self, message, reader):
    calls.append(1)
    return forged[len(calls) % len(forged)]


agent.KernelServer.do_pull = do_pull


def answer(x=None, *arguments, **named):
    return torch.zeros((), requires_grad=True)

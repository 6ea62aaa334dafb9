"""Sends changes of a kind that does not exist, of objects of earlier calls, and of numbers that are no numbers."""

import sys

import torch

server = sys.modules["gdm_grader.referee.kernel.server"]
KINDS = [["x", 1], ["same", 1], ["same", True], ["kept", 1], ["same", -1], ["same", 10**9], [[], 1], "x", None]
made = iter(KINDS * 100)
server.KernelServer.changes = lambda self, writer: iter([[next(made), writer.data(torch.zeros(3), 0)]])


def answer(*arguments, **named):
    return torch.zeros(3)

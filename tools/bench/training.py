"""The measurement of `fit`: how much it adds to the steps of the model themselves."""

import time

import torch
from torch import nn

from gdm_lib.flows import NormalizingFlow, StandardNormal, maf
from gdm_lib.losses import nll
from gdm_lib.train import fit
from tools.bench.timing import Result

ROWS, SIZE, STEPS, ROUNDS = 60_000, 128, 60, 7


def fit_at_many_rows() -> Result:
    """`fit` over 60,000 rows against loss, gradients, clipping and Adam on one batch that lies ready."""
    torch.manual_seed(0)
    data, model = torch.randn(ROWS, 64), NormalizingFlow(StandardNormal(64), maf(64, layers=5, hidden=(64, 64)))
    batch, optimizer = data[:SIZE].clone(), torch.optim.Adam(model.parameters(), 1e-5, fused=True)
    whole, alone = [], []
    for _ in range(ROUNDS):
        start = time.thread_time()
        fit(model, data, steps=STEPS, batch_size=SIZE, lr=1e-5)
        between = time.thread_time()
        for _ in range(STEPS):
            loss = nll(model, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 10.0)
            optimizer.step()
            loss.item()
        whole.append(between - start)
        alone.append(time.thread_time() - between)
    ours, theirs = (1e3 * min(times) / STEPS for times in (whole, alone))
    return Result("fit at 60,000 rows, a step", ours, "the model's step", theirs, 1.1, at_most=True, floor=theirs)


WORKS: list = []
FIGURES = [fit_at_many_rows]

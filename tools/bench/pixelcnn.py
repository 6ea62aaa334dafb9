"""The measurements of PixelCNN: sampling 16 images of 28 x 28 pixels, 7 convolutions of 64 channels."""

import statistics
import time
from collections.abc import Iterator

import torch

from gdm_lib.autoregressive import Bernoulli, PixelCNN
from tools.bench.timing import Result, Work

SHAPE = (1, 28, 28)


def model() -> PixelCNN:
    torch.manual_seed(0)
    return PixelCNN(SHAPE, Bernoulli(), channels=64, layers=5)


def pixelcnn_sampling() -> Iterator[Work]:
    """A sample computes every activation once, as one pass does."""
    ours, x = model(), torch.randint(2, (16, *SHAPE))
    yield Work("PixelCNN sampling, in forward passes", 4, lambda: ours.sample(16),
               {"our own log_prob": torch.no_grad()(lambda: ours.log_prob(x))}, at_most=True)


@torch.no_grad()
def pixelcnn_sampling_naively() -> Result:
    """The naive sampler is one pass a pixel: the median of some passes, times the number of pixels."""
    ours, h = model(), torch.zeros(16, *SHAPE)
    fast, one_pass = [], []
    for _ in range(9):
        start = time.thread_time()
        ours.sample(16)
        between = time.thread_time()
        ours.network(h)
        fast.append(between - start)
        one_pass.append(time.thread_time() - between)
    naive = 1e3 * statistics.median(one_pass[1:]) * ours.m
    return Result("PixelCNN sampling 16 x 28 x 28", 1e3 * statistics.median(fast[1:]),
                  f"naive ({ours.m} passes)", naive, 200)


WORKS = [pixelcnn_sampling]
FIGURES = [pixelcnn_sampling_naively]

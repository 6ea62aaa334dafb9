"""The measurements of PixelCNN: passes of, and sampling, 16 images of 28 x 28 pixels, 7 convolutions of 64 channels."""

import time
from collections.abc import Iterator

import torch
import torch.nn.functional as F

from gdm_lib.autoregressive import Bernoulli, PixelCNN
from tools.bench.timing import Result, Run, Work

SHAPE = (1, 28, 28)


def model() -> PixelCNN:
    torch.manual_seed(0)
    return PixelCNN(SHAPE, Bernoulli(), channels=64, layers=5)


def plain(ours: PixelCNN, h: torch.Tensor) -> torch.Tensor:
    """The same network written plainly: whole kernels, a shift of zero added to every layer, ReLU into new memory."""
    zero = torch.zeros(())
    for k, conv in enumerate(ours.convolutions):
        h = F.conv2d(h.relu() if k else h, conv.weight * conv.mask, conv.bias, padding="same") + zero
    return h


def convolutions(ours: PixelCNN) -> Run:
    """The convolutions of one pass alone, with masked and cropped kernels at hand."""
    parts = []
    for conv in ours.convolutions:
        x, weight = conv.crop(torch.randn(16, conv.in_channels, *SHAPE[1:]), conv.masked().detach())
        parts.append((x, weight.contiguous(), conv.bias))
    return torch.no_grad()(lambda: [F.conv2d(*part) for part in parts])


def pixelcnn_pass() -> Iterator[Work]:
    """Forward, and forward and backward, against the network written plainly."""
    ours, h = model(), torch.randn(16, *SHAPE)
    yield Work("PixelCNN forward", 1.4, torch.no_grad()(lambda: ours.network(h)),
               {"written plainly": torch.no_grad()(lambda: plain(ours, h))}, floor=convolutions(ours))
    yield Work("PixelCNN training step", 1.2, lambda: ours.network(h).sum().backward(),
               {"written plainly": lambda: plain(ours, h).sum().backward()})


@torch.no_grad()
def pixelcnn_sampling_naively() -> Result:
    """The naive sampler is one pass a pixel: the fastest of some passes, times the number of pixels."""
    ours, h = model(), torch.zeros(16, *SHAPE)
    fast, one_pass = [], []
    for _ in range(9):
        start = time.thread_time()
        ours.sample(16)
        between = time.thread_time()
        ours.network(h)
        fast.append(between - start)
        one_pass.append(time.thread_time() - between)
    naive = 1e3 * min(one_pass) * ours.m
    return Result("PixelCNN sampling 16 x 28 x 28", 1e3 * min(fast),
                  f"naive ({ours.m} passes)", naive, 200)


WORKS = [pixelcnn_pass]
FIGURES = [pixelcnn_sampling_naively]

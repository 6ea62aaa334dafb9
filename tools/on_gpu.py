"""`python -m tools.on_gpu`: train and sample each model on a GPU and compare it with the CPU; some five minutes.

For each: log p of the same points on both devices, its largest difference; the loss after the same short training on
both; samples from the GPU, and whether both of its samplers agree. Exit status 1 if anything differs too much.
"""

import copy
import sys
import time

import torch
from torch import Tensor, nn

from gdm_lib.autoregressive import MADE, Bernoulli, Categorical, CausalConvNet, GatedPixelCNN, MarkovMLP, PixelCNN
from gdm_lib.data import digits
from gdm_lib.densities import moons
from gdm_lib.flows import (
    PLU,
    QR,
    AffineCoupling,
    Compose,
    Inverse,
    NormalizingFlow,
    Orthogonal,
    Planar,
    StandardNormal,
    Transform,
    maf,
)
from gdm_lib.train import fit

STEPS, LEVELS = 200, 17
LARGEST_LOG_PROB_ERROR, LARGEST_LOSS_ERROR = 2e-2, 0.1
"""Nats: sums of 64 float32 terms in another order, without TF32; two trainings from the same weights and batches."""


def models() -> dict[str, nn.Module]:
    law = Categorical(LEVELS)
    return {
        "MarkovMLP": MarkovMLP(64, 8, law),
        "MADE": MADE(64, law),
        "CausalConvNet": CausalConvNet(64, Bernoulli()),
        "PixelCNN": PixelCNN((1, 8, 8), law),
        "GatedPixelCNN": GatedPixelCNN((1, 8, 8), law, first_kernel_size=5),
    }


def flows() -> dict[str, nn.Module]:
    transforms: dict[str, Transform] = {
        "PLU": PLU(2), "QR": QR(2), "Orthogonal": Compose(Orthogonal(2), PLU(2)), "Planar": Compose(Planar(2), PLU(2)),
        "AffineCoupling": Compose(AffineCoupling(2), PLU(2), AffineCoupling(2)), "MAF": maf(2),
        "IAF": Inverse(maf(2, 2)),
    }
    return {name: NormalizingFlow(StandardNormal(2), transform) for name, transform in transforms.items()}


def compared(name: str, model: nn.Module, x: Tensor, device: torch.device) -> bool:
    """Print one line about the model, and return True if both devices agree."""
    start, here, there = time.perf_counter(), copy.deepcopy(model), model.to(device)
    with torch.no_grad():
        before = (here(x[:64]) - there(x[:64].to(device)).cpu()).abs().max().item()
    losses = [fit(one, x, steps=STEPS).train[-20:] for one in (here, there)]
    mine, theirs = (sum(values) / len(values) for values in losses)
    drawn = there.sample(16)                                                # type: ignore[operator]
    inside = there(drawn).isfinite().all().item()
    if isinstance(there, NormalizingFlow):
        same = True
    else:
        pair = []
        for method in ("incremental", "naive"):
            generator = torch.Generator(device).manual_seed(0)
            pair.append(there.sample(16, method=method, generator=generator))   # type: ignore[operator]
        same = (pair[0] == pair[1]).float().mean().item() > 0.99
    right = before < LARGEST_LOG_PROB_ERROR and abs(mine - theirs) < LARGEST_LOSS_ERROR + 0.02 * abs(mine)
    fine = right and inside and same and drawn.device.type == device.type
    print(f"{name:<16}log p differs by {before:.1e}   loss {mine:.3f} on the CPU, {theirs:.3f} here   "
          f"samplers agree: {same}   {time.perf_counter() - start:.0f} s   {'ok' if fine else 'DIFFERS'}")
    return fine


def main() -> int:
    if not torch.cuda.is_available():
        print("Expected a CUDA device, and torch finds none. Install a build of torch for yours: make env TORCH=auto")
        return 2
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    device = torch.device("cuda")
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    images = digits().train
    verdicts = []
    for name, model in models().items():
        x = images if name.endswith("CNN") else images.flatten(1)
        x = (x > LEVELS // 2).long() if name == "CausalConvNet" else x
        verdicts.append(compared(name, model, x, device))
    plane = moons().sample(2000)
    for name, flow in flows().items():
        verdicts.append(compared(name, flow, plane, device))
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())

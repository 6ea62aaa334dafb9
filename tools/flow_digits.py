"""`make flow-digits`: the transformer flow and MAF on the digits, three seeds each; some minutes of one core.

Bits per dimension after the same number of steps, and once more with so many steps for MAF that it takes the same
seconds; and, with the class as context, the error of the classifier that Bayes' rule makes of the flow. What is done
is kept in `_build/flow-digits`, so that a run that was stopped goes on. The page examples/transformer-flow reads
`book/examples/transformer-flow.json`.
"""

import json
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from gdm_lib import data, losses, train
from gdm_lib.autoregressive import one_hot
from gdm_lib.flows import Compose, Dequantized, Logit, NormalizingFlow, StandardNormal, Transform, maf, transformer_flow

SEEDS = (0, 1, 2)
LEVELS, CLASSES, M = 17, 10, 64
SAMPLES = 8
"""Draws of noise a test digit, for the bound and for the class."""
RUNS = Path("_build/flow-digits")
PAGE = Path("book/examples/transformer-flow.json")

MODELS: dict[str, tuple[Callable[[int], Transform], int, float, int]] = {
    # transform, steps, learning rate, length of the context
    "MAF": (lambda c: maf(M, 5, (128, 128), c), 300, 2e-3, 0),
    "MAF, equal seconds": (lambda c: maf(M, 5, (128, 128), c), 1300, 2e-3, 0),
    "transformer flow": (lambda c: transformer_flow((1, 8, 8), 2, 4, 64, 4, 1, c), 300, 2e-3, 0),
    "transformer flow, by class": (lambda c: transformer_flow((1, 8, 8), 2, 4, 64, 4, 1, c), 300, 2e-3, CLASSES),
}


def density(transform: Transform) -> Dequantized:
    return Dequantized(NormalizingFlow(StandardNormal(M), Compose(Logit(), transform)), LEVELS)


def classified(model: Dequantized, x: Tensor) -> Tensor:
    """The class c of the largest p(x | c), all ten equally likely beforehand: (N, m) -> (N,)."""
    bounds = []
    for c in range(CLASSES):
        torch.manual_seed(0)                                                # the same noise for each class
        bounds.append(model.log_prob(x, one_hot(torch.tensor(c), CLASSES), samples=SAMPLES))
    return torch.stack(bounds).argmax(0)


def run(name: str, seed: int) -> dict[str, float]:
    build, steps, lr, context_size = MODELS[name]
    digits = data.digits()
    x, test = digits.train.flatten(1), digits.test.flatten(1)
    contexts = [(one_hot(y, CLASSES),) if context_size else () for y in (digits.train_labels, digits.test_labels)]
    torch.manual_seed(seed)
    model, begin = density(build(context_size)), time.process_time()
    train.fit(model, (x, *contexts[0]) if context_size else x, steps=steps, batch_size=64, lr=lr, seed=seed)
    seconds = time.process_time() - begin
    torch.manual_seed(0)
    with torch.no_grad():
        result = {"bits": float(losses.bits_per_dim(model.log_prob(test, *contexts[1], samples=SAMPLES), M)),
                  "seconds": seconds, "steps": steps, "weights": sum(p.numel() for p in model.parameters())}
        if context_size:
            result["errors"] = int((classified(model, test) != digits.test_labels).sum())
    return result


def main() -> None:
    torch.set_num_threads(1)
    RUNS.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in MODELS}
    bar = tqdm(list(product(SEEDS, MODELS)), unit="training")
    for seed, name in bar:
        bar.set_description(f"{name}, seed {seed}")
        file = RUNS / f"{name.replace(' ', '-').replace(',', '')}-{seed}.json"
        if not file.exists():
            file.write_text(json.dumps(run(name, seed)), encoding="utf-8")
        found[name].append(json.loads(file.read_text(encoding="utf-8")))
    PAGE.write_text(json.dumps({"seeds": SEEDS, "test digits": 297, "models": found}, indent=1) + "\n",
                    encoding="utf-8")
    for name, runs in found.items():
        print(f"{name:28} " + "  ".join(f"{one['bits']:.3f}" for one in runs))
    print(f"written to {PAGE}")


if __name__ == "__main__":
    main()

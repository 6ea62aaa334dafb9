"""`make larger-digits`: three PixelCNNs on digits of 14 x 14 pixels, and one that is trained longer.

The three have about as many weights: a plain stack, a stack with gates that has the same blind spot, and the two
stacks of a gated PixelCNN. A quarter of an hour of one core; what is done is kept in `_build/larger-digits`, so that a
run that was stopped goes on, and several can run side by side: `python -m tools.larger_digits long` makes that one
alone. The page autoregressive/larger-digits reads `larger-digits.json`, the bits per dimension, and
`larger-digits.npz`, the weights of the long training in half precision, which lie beside it.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from gdm_lib import data, losses, masks, train
from gdm_lib.autoregressive import Categorical, GatedPixelCNN, PixelCNN, one_hot
from gdm_lib.autoregressive.common.context import Shifts, shifted
from gdm_lib.autoregressive.images.gated_layer import gate
from gdm_lib.autoregressive.images.raster import RasterModel
from gdm_lib.nn import MaskedConv2d

SEEDS = dict.fromkeys(("plain stack", "gated stack", "two gated stacks"), (0, 1, 2))
SHAPE, LEVELS, CLASSES = (1, 14, 14), 8, 10
M = 196
FIRST_KERNEL, LAYERS = 7, 7
STEPS, BATCH, LR = 600, 32, 3e-3
LONG_STEPS, HELD_OUT = 2_000, 500
"""Steps of the long training, and digits of the training set on which it is validated."""
RUNS = Path("_build/larger-digits")
BITS, WEIGHTS = (Path(f"book/autoregressive/larger-digits.{kind}") for kind in ("json", "npz"))


class OneGatedStack(RasterModel):
    """A PixelCNN whose layers have the gates of the gated one, and whose one stack has the plain one's blind spot."""

    def __init__(self, channels: int) -> None:
        super().__init__(SHAPE, Categorical(LEVELS), channels, CLASSES)
        first = MaskedConv2d(masks.raster_mask(FIRST_KERNEL, "A", 1, 2 * channels))
        deeper = [MaskedConv2d(masks.raster_mask(3, "B", channels, 2 * channels)) for _ in range(LAYERS)]
        self.layers: Sequence[MaskedConv2d] = nn.ModuleList([first, *deeper])  # type: ignore[assignment]
        self.mixes = nn.ModuleList(nn.Conv2d(channels, channels, 1) for _ in self.layers)
        self.last = nn.Conv2d(channels, LEVELS, 1)
        self.shifts = Shifts(CLASSES, [2 * channels] * len(self.layers) + [LEVELS])

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        *shifts, shift = self.shifts(context)
        for k, (layer, mix, own) in enumerate(zip(self.layers, self.mixes, shifts, strict=True)):
            new = mix(gate(shifted(layer(h), own), 1))                      # (B, channels, H, W)
            h = h + new if k else new
        return self.by_value(shifted(self.last(h.relu()), shift))           # (B, 1, H, W, LEVELS)


def plain(channels: int) -> PixelCNN:
    return PixelCNN(SHAPE, Categorical(LEVELS), channels, LAYERS, 3, FIRST_KERNEL, context_size=CLASSES)


def two_stacks(channels: int, layers: int = LAYERS, first_kernel: int = FIRST_KERNEL) -> GatedPixelCNN:
    return GatedPixelCNN(SHAPE, Categorical(LEVELS), channels, layers, 3, first_kernel, CLASSES)


def long_model() -> GatedPixelCNN:
    return two_stacks(32, 5, 5)


MODELS: dict[str, Callable[[], RasterModel]] = {
    "plain stack": lambda: plain(48),
    "gated stack": lambda: OneGatedStack(32),
    "two gated stacks": lambda: two_stacks(24),
}


def open_weights(model: nn.Module) -> int:
    """The number of weights that a mask does not close."""
    closed = sum(int((layer.mask == 0).sum()) for layer in model.modules() if isinstance(layer, MaskedConv2d))
    return sum(weight.numel() for weight in model.parameters()) - closed


@torch.no_grad()
def test_bits(model: RasterModel) -> float:
    digits = data.larger_digits()
    return float(losses.bits_per_dim(model.log_prob(digits.test, one_hot(digits.test_labels, CLASSES)), M))


def run(name: str, seed: int) -> dict[str, float]:
    """Train on the digits with the class as context: bits per dimension on the test digits, and CPU seconds."""
    torch.manual_seed(seed)
    model, digits, begin = MODELS[name](), data.larger_digits(), time.process_time()
    known = one_hot(digits.train_labels, CLASSES)
    train.fit(model, (digits.train, known), steps=STEPS, batch_size=BATCH, lr=LR, seed=seed)
    return {"bits": test_bits(model), "seconds": time.process_time() - begin, "weights": open_weights(model)}


def run_long() -> dict[str, float]:
    """Train the two stacks for longer and store the weights; the bits are those of the weights as they are stored."""
    torch.manual_seed(0)
    model, digits, begin = long_model(), data.larger_digits(), time.process_time()
    known = one_hot(digits.train_labels, CLASSES)
    trained_on, held_out = ((digits.train[part], known[part]) for part in (slice(-HELD_OUT), slice(-HELD_OUT, None)))
    train.fit(model, trained_on, steps=LONG_STEPS, batch_size=BATCH, lr=LR, validation=held_out, evaluate_every=250)
    seconds = time.process_time() - begin
    return {"bits": store(model), "seconds": seconds, "weights": open_weights(model), "steps": LONG_STEPS}


def store(model: RasterModel) -> float:
    """Write the weights for the page: what they are worth as they are stored, in bits per dimension."""
    np.savez_compressed(WEIGHTS, **halves(model))
    stored = np.load(WEIGHTS)
    model.load_state_dict({name: torch.from_numpy(stored[name]) for name in stored.files}, strict=False)
    return test_bits(model)


def halves(model: nn.Module) -> dict[str, np.ndarray]:
    """The weights by name, in half precision, those that a mask closes as zeros."""
    found = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    for name, layer in model.named_modules():
        if isinstance(layer, MaskedConv2d):
            found[f"{name}.weight"] *= layer.mask
    return {name: weight.numpy().astype(np.float16) for name, weight in found.items()}


def kept(file: str, make: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The result of a run, made if it is not there yet."""
    path = RUNS / f"{file.replace(' ', '-')}.json"
    if not path.exists():
        path.write_text(json.dumps(make()), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    torch.set_num_threads(1)
    RUNS.mkdir(parents=True, exist_ok=True)
    long = kept("long", run_long) if "short" not in sys.argv else None
    if "long" in sys.argv:
        return
    found: dict[str, list[dict[str, float]]] = {}
    for name, seeds in tqdm(SEEDS.items(), unit="model"):
        found[name] = [kept(f"{name} {seed}", partial(run, name, seed)) for seed in seeds]
    if long is None:
        return
    written = {"seeds": SEEDS, "steps": STEPS, "test digits": 1_000, "models": found, "long": long}
    BITS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for name, runs in found.items():
        print(f"{name:18} " + "  ".join(f"{one['bits']:.3f}" for one in runs))
    print(f"{'trained longer':18} {long['bits']:.3f}; written to {BITS} and {WEIGHTS}")


if __name__ == "__main__":
    main()

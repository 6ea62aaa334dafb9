"""`python -m tools.bench.gdm_lib`: our time and that of others, as a table and as `_build/bench/gdm_lib.json`."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tools.bench import flows, pixelcnn, training
from tools.bench.timing import Result, measure

SUBJECTS = [flows, pixelcnn, training]
"""Each has WORKS, functions that yield `timing.Work`, and FIGURES, functions that return a `timing.Result`."""


NOTES = """\
Where a target is missed (calls timed alone, on a machine that others used too):
- MAF log_prob, D = 2 and 16: of 1.2 to 1.3 ms (B = 1024) the 15 products are 0.5 to 0.6, adding biases 0.13, ReLU 0.07,
  the affine map and its log-det 0.15 to 0.2; the rest, a fourth, is Python and torch's dispatch of some 80 calls.
  Frozen saves the 15 products with the masks (2.4 us each) and a transposed read (7 % of a product), not the calls:
  1.7 times the best peer would leave 0.1 to 0.2 ms for all that is not a product.
- MAF sampling: m L steps of 7 kernels, 3 of them products of 1 to 5 rows. Alone and warm they add up to some 15 us a
  step; on a busy machine 52 (D = 64) to 84 us (D = 16) were seen, the rest being views, Python and cold caches.
- PixelCNN sampling: 784 pixels x 7 layers of one product of 16 rows, 6 to 8 us, and its bias and ReLU, 3 us; the rows
  above, one convolution a row and layer, are a fifth. A faster pass makes the ratio to the naive sampler smaller.
- PLU inverse, D = 64, is near its target in some runs above it: of 150 us the product is 61, both triangular solves 22,
  the copies that they make 22, and some 40 small calls the rest.
- PixelCNN forward and MAF training step, near their targets: the first costs what its convolutions do (ours / floor),
  so the ratio is that of two convolutions; of the second's 9 ms the products of forward and backward are 4.
"""


def results(only: str, seconds: float) -> list[Result]:
    makers: list[Callable] = []
    for subject in SUBJECTS:
        makers += [maker for maker in (*subject.WORKS, *subject.FIGURES) if only in maker.__name__]
    found: list[Result] = []
    for maker in track(makers, "measuring"):
        made = maker()
        found += [made] if isinstance(made, Result) else [measure(work, seconds) for work in made]
    return found


def table(found: list[Result]) -> Table:
    """One row a work: floor, ours, the best peer, ours over the floor, the ratio to the peer, and its target."""
    printed = Table(
        "work", "floor", "ours", "best peer", "peer's", "ours / floor", "ratio", "target",
        title="One thread, the least CPU time of all rounds")
    for column in (1, 2, 4, 5, 6, 7):
        printed.columns[column].justify = "right"
    for one in found:
        color, sign = "green" if one.reached else "red", "<=" if one.at_most else ">="
        floor = "" if one.floor is None else f"{one.floor:.3g} {one.unit}"
        over = "" if one.over_floor is None else f"{one.over_floor:.1f}"
        printed.add_row(one.work, floor, f"{one.ours:.3g} {one.unit}", one.peer, f"{one.theirs:.3g} {one.unit}",
                        over, f"[{color}]{one.ratio:.2f}", f"{sign} {one.target:g}")
    return printed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="measure only the functions whose name holds this")
    parser.add_argument("--seconds", type=float, default=4.0, help="CPU time for each row")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = results(options.only, options.seconds)
    Console(width=140).print(table(found))
    print(NOTES)
    if not options.only:
        target = Path("_build/bench/gdm_lib.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps([one.as_json() for one in found], indent=2) + "\n")
        print(f"written to {target}")


if __name__ == "__main__":
    main()

"""The growth of cost with the dimension m: `python -m tools.bench.growth`, or `growth()` for the figures themselves."""

import json
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from gdm_lib.flows import Diagonal, GaussianAutoregressive
from tools.bench.timing import Run


@dataclass(frozen=True)
class Growth:
    """CPU time in ms at each m, and the slope of log time against log m over the larger half of the m's."""

    work: str
    expected: str
    m: list[int]
    ms: list[float]

    @property
    def slope(self) -> float:
        half = len(self.m) // 2
        return fitted_slope(self.m[half:], self.ms[half:])


def fitted_slope(m: Sequence[int], ms: Sequence[float]) -> float:
    """The k of the least-squares line log ms = k log m + c."""
    return statistics.linear_regression([math.log(v) for v in m], [math.log(v) for v in ms]).slope


def dense_log_det(m: int) -> Run:
    matrix = torch.randn(m, m)
    return lambda: torch.linalg.slogdet(matrix)


def triangular_log_det(m: int) -> Run:
    return Diagonal(m).log_abs_det                                          # only the diagonal of it counts


def autoregressive_f(m: int) -> Run:
    layer, x = GaussianAutoregressive(m, (m, m)), torch.randn(64, m)
    return lambda: layer.f(x)


def autoregressive_g(m: int) -> Run:
    layer, z = GaussianAutoregressive(m, (m, m)), torch.randn(64, m)
    return lambda: layer.g(z)


def autoregressive_g_sequential(m: int) -> Run:
    layer, z = GaussianAutoregressive(m, (m, m)), torch.randn(64, m)
    return lambda: layer.g_sequential(z)


WORKS: list[tuple[str, str, Callable[[int], Run], list[int]]] = [
    ("log-det of a dense matrix", "m^3", dense_log_det, [64, 128, 256, 512, 1024, 2048]),
    ("log-det of a triangular matrix", "m", triangular_log_det, [2**k for k in range(14, 22)]),
    ("autoregressive f, widths m", "m^2", autoregressive_f, [64, 128, 256, 512, 1024]),
    ("autoregressive g, widths m", "m^2", autoregressive_g, [64, 128, 256, 512, 1024, 2048]),
    ("autoregressive g in m passes", "m^3", autoregressive_g_sequential, [32, 64, 128, 256, 512]),
]
"""Name, expected growth, maker, and the m's: large enough that the arithmetic outweighs the call."""


@torch.no_grad()
def growth(rounds: int = 5) -> list[Growth]:
    """Measure all of WORKS, smallest m first, medians of `rounds`."""
    found = []
    for name, expected, make, sizes in WORKS:
        times = []
        for m in sizes:
            run = make(m)
            run()
            times.append(statistics.median(spent(run) for _ in range(rounds)))
        found.append(Growth(name, expected, sizes, times))
    return found


def spent(run: Run) -> float:
    """ms of CPU for one run; short ones are repeated until a millisecond has passed."""
    repeats, start = 0, time.thread_time()
    while (passed := time.thread_time() - start) < 1e-3:
        run()
        repeats += 1
    return 1e3 * passed / repeats


def main() -> None:
    torch.set_num_threads(1)
    found = growth()
    for one in found:
        print(f"{one.work:<32} expected {one.expected:<4} slope {one.slope:.2f}   "
              + "  ".join(f"{m}: {ms:.3g} ms" for m, ms in zip(one.m, one.ms, strict=True)))
    target = Path("_build/bench/growth.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(one) | {"slope": one.slope} for one in found], indent=2) + "\n")


if __name__ == "__main__":
    main()

"""`make flow-densities`: flows on the densities of the plane after a short and after a long training, three seeds each.

The page results/densities trains four flows itself, for the short budget only. One of them, MAF, gets the long one
here, and a fifth flow gets both: the triangular map of the theorem on universality, its conditionals mixtures of
Gaussians. Forward KL in nats, estimated on fresh points, and CPU seconds; some ten minutes of one core.
What is done is kept in `_build/flow-densities`, so that a run that was stopped goes on. The page reads
`book/results/densities.json`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from gdm_lib import densities, train
from gdm_lib.autoregressive import MADE, GaussianMixture
from gdm_lib.flows import NormalizingFlow, StandardNormal, maf

SEEDS = (0, 1, 2)
FRESH = 20_000
"""Points that the forward KL is estimated on."""
DRAWN = 400
"""Draws of the triangular map, long budget and seed 0, that are stored for the page's picture."""
COMPONENTS = 24
SPREAD = 3.0
"""The means of the components start evenly between -SPREAD and SPREAD: all at one place they would stay together."""
KEPT = Path("_build/flow-densities")
PAGE = Path("book/results/densities.json")


@dataclass(frozen=True)
class Budget:
    """Bounds on the points that a flow learns from, and on its time."""

    points: int
    steps: int
    batch_size: int


BUDGETS = {"short": Budget(5_000, 200, 128), "long": Budget(100_000, 2_500, 512)}


def triangular() -> MADE:
    """p(x_1) p(x_2 | x_1), both mixtures: the model of the flow z_j = Phi^-1(F_j(x_j | x_1, ..., x_{j-1}))."""
    law: Any = GaussianMixture(COMPONENTS)
    model = MADE(2, law, hidden=(64, 64, 64))
    bias = model.net.layers[-1].bias.data.view(2, -1)                       # logits, means, log-scales of x_1 and x_2
    bias[:, COMPONENTS - 1 : 2 * COMPONENTS - 1] = torch.linspace(-SPREAD, SPREAD, COMPONENTS)
    return model


FLOWS: dict[str, tuple[Callable[[], Any], float]] = {
    # model, learning rate
    "MAF, 3": (lambda: NormalizingFlow(StandardNormal(2), maf(2, 3, hidden=(32, 32))), 5e-3),
    "triangular": (triangular, 1e-2),
}
WANTED = [("MAF, 3", "long"), ("triangular", "short"), ("triangular", "long")]


@dataclass(frozen=True)
class Run:
    """One training: its forward KL in nats, its CPU seconds, and draws of the model if they are wanted."""

    kl: float
    seconds: float
    draws: list[tuple[float, float]]


def run(target_name: str, flow: str, budget_name: str, seed: int) -> Run:
    target, budget = densities.DENSITIES[target_name](), BUDGETS[budget_name]
    build, lr = FLOWS[flow]
    torch.manual_seed(0)                                                    # the same points for every flow and seed
    x, fresh = target.sample(budget.points), target.sample(FRESH)
    torch.manual_seed(seed)
    model, begin = build(), time.process_time()
    train.fit(model, x, steps=budget.steps, batch_size=budget.batch_size, lr=lr, seed=seed)
    seconds = time.process_time() - begin
    with torch.no_grad():
        kl = float((target.log_prob(fresh) - model.log_prob(fresh)).mean())
        wanted = (flow, budget_name, seed) == ("triangular", "long", 0)
        draws = model.sample(DRAWN) if wanted else torch.empty(0, 2)
    points = [(round(x_1, 2), round(x_2, 2)) for x_1, x_2 in draws.tolist()]
    return Run(round(kl, 4), round(seconds, 1), points)


def kept(target: str, flow: str, budget: str, seed: int) -> Run:
    """The training that an earlier call has kept, or a new one."""
    file = KEPT / f"{target}-{flow.partition(',')[0]}-{budget}-{seed}.json"
    if not file.exists():
        file.write_text(json.dumps(asdict(run(target, flow, budget, seed))), encoding="utf-8")
    return Run(**json.loads(file.read_text(encoding="utf-8")))


def written(found: dict[str, Any]) -> str:
    """JSON in which each entry of a list stands on a line of its own."""
    parts = []
    for name, value in found.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n  " + ",\n  ".join(json.dumps(entry) for entry in value) + "\n ]"
        parts.append(f' "{name}": {text}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    torch.set_num_threads(1)
    KEPT.mkdir(parents=True, exist_ok=True)
    rows, draws = [], []
    bar = tqdm(list(product(densities.DENSITIES, WANTED)), unit="flow")
    for target, (flow, budget) in bar:
        bar.set_description(f"{flow} on {target}, {budget}")
        runs = [kept(target, flow, budget, seed) for seed in SEEDS]
        rows.append({"target": target, "flow": flow, "budget": budget, "values": [one.kl for one in runs],
                     "seconds": round(sum(one.seconds for one in runs), 1)})
        if runs[0].draws:
            draws.append({"target": target, "points": runs[0].draws})
    budgets = {name: asdict(budget) for name, budget in BUDGETS.items()}
    found = {"seeds": SEEDS, "fresh": FRESH, "budgets": budgets, "rows": rows, "draws": draws}
    PAGE.write_text(written(found), encoding="utf-8")
    print(f"written to {PAGE}")


if __name__ == "__main__":
    main()

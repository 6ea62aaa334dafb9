"""`make table DATA=folder`: the book's models on the data of the NADE and MADE papers, beside the papers' numbers.

Three seeds a cell, one core. What is done is kept in `_build/table`: a run that was stopped goes on where it was.
The finished table is written to `book/results/papers.json`, which the book's page reads. Nothing of the data is.
"""

import argparse
import hashlib
import inspect
import json
import time
from itertools import product
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from gdm_lib import data, train
from tools.table.cells import CELLS, MNIST, Cell

SEEDS = (0, 1, 2)
RUNS = Path("_build/table")
PAGE = Path("book/results/papers.json")


def run(cell: Cell, seed: int, split: data.BinarySplit, checkpoint: Path) -> dict[str, float]:
    """Train one cell: the test log-likelihood in nats, that on the validation set, and seconds of CPU."""
    torch.manual_seed(seed)
    recipe, begin = cell.recipe, time.process_time()
    model = cell.build(split.train.shape[1])
    shape = getattr(model, "shape", split.train.shape[1:])
    train_x, valid_x, test_x = (part.reshape(-1, *shape) for part in split)
    history = train.fit(model, train_x, steps=recipe.steps, batch_size=recipe.batch_size, lr=recipe.lr,
                        loss=recipe.loss, validation=valid_x, evaluate_every=recipe.evaluate_every, seed=seed,
                        path=checkpoint)
    model.eval()
    with torch.no_grad():
        log_p = torch.cat([model.log_prob(part) for part in test_x.split(500)])
    return {"nats": float(log_p.mean()), "validation": -history.best, "seconds": time.process_time() - begin}


def key_of(cell: Cell, seed: int) -> str:
    """A name for one training that changes with its recipe and with the code that builds the model."""
    sizes = inspect.getclosurevars(cell.build).nonlocals                    # such as the order of a Markov MLP
    described = repr(cell.recipe) + inspect.getsource(cell.build) + repr(sizes)
    recipe = hashlib.sha256(described.encode()).hexdigest()[:8]
    return f"{cell.data}-{cell.model}-{seed}-{recipe}".replace(" ", "").replace("=", "").replace(",", "-")


def all_runs(cells: list[Cell], folder: Path, kept: Path) -> dict[str, dict[str, float]]:
    """The results of every cell and seed; those that are in `kept` are taken from there."""
    kept.mkdir(parents=True, exist_ok=True)
    results = {}
    bar = tqdm(list(product(cells, SEEDS)), unit="training")
    for cell, seed in bar:
        bar.set_description(f"{cell.data}, {cell.model}, seed {seed}")
        key = key_of(cell, seed)
        file = kept / f"{key}.json"
        if not file.exists():
            checkpoint = kept / f"{key}.safetensors"
            result = run(cell, seed, data.binary(folder, cell.data), checkpoint)
            file.write_text(json.dumps(result), encoding="utf-8")
            checkpoint.unlink(missing_ok=True)
        results[key] = json.loads(file.read_text(encoding="utf-8"))
    return results


def summary(cells: list[Cell], results: dict[str, dict[str, float]]) -> list[dict]:
    """A row a cell: every seed, mean, half the distance from the smallest to the largest, and the paper's number."""
    rows = []
    for cell in cells:
        found = [results[key_of(cell, seed)] for seed in SEEDS]
        nats = [round(one["nats"], 3) for one in found]
        mean = sum(nats) / len(nats)
        row = {"data": cell.data, "model": cell.model, "seeds": list(SEEDS), "nats": nats, "mean": round(mean, 3),
               "half": round((max(nats) - min(nats)) / 2, 3), "paper": cell.paper, "source": cell.source,
               "seconds": round(sum(one["seconds"] for one in found), 1), "recipe": vars(cell.recipe)}
        if cell.paper is not None:
            row["difference"] = round(mean - cell.paper, 3)
        rows.append(row)
    return rows


def printed(rows: list[dict]) -> Table:
    table = Table("data", "model", "ours", "paper's", "difference", "seconds of CPU",
                  title="Test log-likelihood in nats, mean over three seeds ± half their range")
    for row in rows:
        paper, difference = "", ""
        if row["paper"] is not None:
            paper = f"{row['paper']:.2f}"
            difference = f"{row['difference']:+.2f} ({100 * row['difference'] / abs(row['paper']):+.1f} %)"
        table.add_row(row["data"], row["model"], f"{row['mean']:.2f} ± {row['half']:.2f}", paper, difference,
                      f"{row['seconds']:.0f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where dna.npz, mushrooms.npz and nips.npz lie")
    parser.add_argument("--mnist", action="store_true", help="binarized_mnist.npz instead: hours")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cells = MNIST if options.mnist else CELLS
    for name in dict.fromkeys(cell.data for cell in cells):
        data.binary(options.folder, name)                                   # a missing file is told at once
    rows = summary(cells, all_runs(cells, options.folder, RUNS))
    Console().print(printed(rows))
    target = RUNS / "binarized_mnist.json" if options.mnist else PAGE
    target.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"written to {target}")


if __name__ == "__main__":
    main()

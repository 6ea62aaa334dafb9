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
        title="One thread, medians of CPU time")
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
    if not options.only:
        target = Path("_build/bench/gdm_lib.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps([one.as_json() for one in found], indent=2) + "\n")
        print(f"written to {target}")


if __name__ == "__main__":
    main()

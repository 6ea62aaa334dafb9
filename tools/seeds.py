"""Every answer of the catalogue on many seeds: `make seeds`, a few minutes.

A hidden test draws its inputs from a seed. On each seed a right answer must lose nothing (a false zero is the
worst that a grader can do), and a wrong one exactly the cells that the catalogue names.
"""

import json
import sys
from itertools import chain

import torch
from rich import box
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from tools.sheet import NAMES, ROOT, Sheet, read_answers, read_sheet

SEEDS = 200
REPORT = ROOT / "_build" / "bench" / "seeds.json"


def astray(sheet: Sheet, task: str, source: str, loses: dict[str, float], seeds: int) -> str | None:
    """Say where an answer first loses something else than `loses`, {test cell: points}; None if on no seed."""
    names = sheet.space(source)
    for seed in range(seeds):
        lost = sheet.lost_in(names, task, seed)
        if {label: sheet.points[label] for label in lost} != loses:
            return f"seed {seed}: loses {lost or 'nothing'}, expected to lose {loses or 'nothing'}"
    return None


def sweep(name: str) -> list[dict]:
    """One row a task: how many answers met all seeds, and what went astray."""
    sheet, rows = read_sheet(name), []
    for task, answers in tqdm(read_answers(name).items(), desc=name, file=sys.stderr):
        kinds = [answer.kind for answer in answers]
        found = {answer.name: astray(sheet, task, answer.source, answer.loses, SEEDS) for answer in answers}
        rows.append({"assignment": name, "task": task, "seeds": SEEDS, "right": kinds.count("right"),
                     "wrong": kinds.count("wrong"), "astray": {key: why for key, why in found.items() if why}})
    return rows


def main() -> int:
    torch.set_num_threads(1)
    rows = list(chain.from_iterable(map(sweep, NAMES)))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    table = Table(title=f"Every answer on {SEEDS} seeds", box=box.SIMPLE_HEAD)
    for column in ("assignment", "task", "right answers", "wrong answers", "gone astray"):
        table.add_column(column)
    for row in rows:
        table.add_row(row["assignment"], row["task"], str(row["right"]), str(row["wrong"]), str(len(row["astray"])))
    console = Console()
    console.print(table)
    for row in rows:
        for answer, why in row["astray"].items():
            console.print(f"{row['task']}, {answer!r}: {why}", style="red", highlight=False)
    console.print(f"written to {REPORT.relative_to(ROOT)}")
    return int(any(row["astray"] for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())

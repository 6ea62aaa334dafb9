"""The kill table: `make mutation`, about a minute.

Exit status 1 if a mutant survives that is not listed as equivalent, or if less than LEAST of all are killed.
"""

import json
import sys
from itertools import chain

import torch
from rich import box
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from tools.mutation.kill import is_equivalent, outcome
from tools.sheet import NAMES, ROOT, read_sheet

LEAST = 0.98
REPORT = ROOT / "_build" / "bench" / "mutation.json"


def rows_of(name: str) -> list[dict]:
    """One row a task; `alive` are survivors that nobody has shown to be equivalent."""
    sheet, rows = read_sheet(name), []
    for task in tqdm(sheet.solutions, desc=name, file=sys.stderr):
        found = outcome(sheet, task)
        alive = [mutant for mutant in found.survivors if not is_equivalent(name, task, mutant)]
        rows.append({"assignment": name, "task": task, "mutants": found.mutants,
                     "killed": found.mutants - len(found.survivors),
                     "equivalent": len(found.survivors) - len(alive),
                     "alive": [{"tool": m.tool, "was": m.was, "becomes": m.becomes} for m in alive]})
    return rows


def show(rows: list[dict], share: float) -> None:
    console, table = Console(), Table(title="Mutants of the solutions", box=box.SIMPLE_HEAD, show_footer=True)
    for column in ("assignment", "task"):
        table.add_column(column)
    for column in ("mutants", "killed", "equivalent"):
        table.add_column(column, str(sum(row[column] for row in rows)), justify="right")
    table.add_column("alive", str(sum(len(row["alive"]) for row in rows)), justify="right")
    for row in rows:
        table.add_row(row["assignment"], row["task"], *(str(row[key]) for key in ("mutants", "killed", "equivalent")),
                      str(len(row["alive"])))
    console.print(table)
    console.print(f"{100 * share:.1f} % of all mutants are killed; at least {100 * LEAST:.0f} % are asked for.")
    for row in rows:
        for mutant in row["alive"]:
            console.print(f"\n{row['assignment']}: {row['task']} ({mutant['tool']})\n- {mutant['was']}"
                          f"\n+ {mutant['becomes']}", highlight=False, markup=False, soft_wrap=True)


def main() -> int:
    torch.set_num_threads(1)
    rows = list(chain.from_iterable(map(rows_of, NAMES)))
    share = sum(row["killed"] for row in rows) / sum(row["mutants"] for row in rows)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps({"share": share, "tasks": rows}, indent=1) + "\n", encoding="utf-8")
    show(rows, share)
    return int(share < LEAST or any(row["alive"] for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())

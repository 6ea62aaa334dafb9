"""`make results`: runs the pages results/images and results/densities, and stores their numbers with their seconds.

Seconds differ from run to run, so a page that printed its own could not be compared with what is stored of it. Here the
code of a page is run as it stands, in this process, and what it found goes to `book/results/trained.json`: a list of
`Entry` for each page, which results/papers prints in the table to cite from. Some minutes of one core.
"""

import json
import os
from collections.abc import Callable
from contextlib import chdir
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat

RESULTS = Path("book/results")
PAGE = RESULTS / "trained.json"
Namespace = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One model on one data set: its number of each seed, and the CPU seconds of all its trainings."""

    model: str
    data: str
    unit: str
    values: list[float]
    seconds: float


def of_images(page: Namespace) -> list[Entry]:
    found = [("digits", name, spread) for name, spread in page["result"].items()]
    found += [("patches", name, spread) for name, spread in page["color"].items()]
    return [Entry(name, data, "bits", spread.values, spread.seconds) for data, name, spread in found]


def of_densities(page: Namespace) -> list[Entry]:
    return [Entry(flow, target, "nats", list(values), page["seconds"][target, flow])
            for (target, flow), values in page["result"].items()]


PAGES: dict[str, Callable[[Namespace], list[Entry]]] = {"images": of_images, "densities": of_densities}


def executed(path: Path) -> Namespace:
    """The names that the code cells of a notebook define, run from top to bottom in the notebook's folder."""
    page: Namespace = {"__name__": "__main__"}
    cells = nbformat.read(path, as_version=4).cells
    with chdir(path.parent):
        for cell in cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, f"{path.name}, cell {cell.id}", "exec"), page)
    return page


def rounded(entry: Entry) -> dict[str, Any]:
    """As it is stored: so many digits as three seeds are good for."""
    values = [round(value, 4) for value in entry.values]
    return asdict(entry) | {"values": values, "seconds": round(entry.seconds, 1)}


def main() -> None:
    os.environ.setdefault("TQDM_DISABLE", "1")
    mpl.use("agg")
    stored: dict[str, Any] = {"seeds": [0, 1, 2]}
    for name, entries_of in PAGES.items():
        page = executed(RESULTS / f"{name}.ipynb")
        if list(page["SEEDS"]) != stored["seeds"]:
            raise ValueError(f"{name} must use the seeds {stored['seeds']}, got {page['SEEDS']}")
        stored[name] = [rounded(entry) for entry in entries_of(page)]
    PAGE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"written to {PAGE}")


if __name__ == "__main__":
    main()

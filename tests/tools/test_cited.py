"""`make results`: the table to cite from holds what the pages themselves print, and runs their code as it stands."""

import json
import re
from itertools import chain
from pathlib import Path

import nbformat
import pytest

from tools import cited

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / cited.PAGE).read_text(encoding="utf-8"))
SPREAD = re.compile(r"(-?\d+\.\d+) ± (\d+\.\d+)")


def printed(page: str) -> str:
    cells = nbformat.read(ROOT / cited.RESULTS / f"{page}.ipynb", as_version=4).cells
    outputs = chain.from_iterable(cell.outputs for cell in cells if cell.cell_type == "code")
    return "".join(output.get("text", "") for output in outputs)


def spreads(page: str, label: str) -> list[tuple[float, float]]:
    """Every "mean ± half" of the lines that begin with a label and a blank."""
    lines = [line for line in printed(page).splitlines() if line.startswith(f"{label} ")]
    assert lines, f"{page} prints nothing of {label}"
    pairs = []
    for line in lines:
        pairs += [(float(mean), float(half)) for mean, half in SPREAD.findall(line)]
    return pairs


def of(entry: dict) -> tuple[float, float]:
    values = entry["values"]
    return sum(values) / 3, (max(values) - min(values)) / 2


def close(found: tuple[float, float], shown: tuple[float, float]) -> bool:
    """Equal but for the digits that a page drops and the 5 % that pages of training may differ between CPUs."""
    return all(abs(a - b) <= 0.011 + 0.05 * abs(a) for a, b in zip(found, shown, strict=True))


@pytest.mark.parametrize("entry", STORED["images"], ids=lambda entry: entry["model"])
def test_what_is_cited_of_images_is_what_the_page_prints(entry):
    assert any(close(of(entry), shown) for shown in spreads("images", entry["model"]))


def test_what_is_cited_of_densities_is_the_table_of_the_page():
    targets = list(dict.fromkeys(entry["data"] for entry in STORED["densities"]))
    assert len(targets) == 6
    for target in targets:
        found = [of(entry) for entry in STORED["densities"] if entry["data"] == target]
        trained_here = spreads("densities", target)[:4]         # then come those of make flow-densities
        assert all(map(close, found, trained_here))
        assert len(found) == len(trained_here) == 4


def test_every_entry_has_three_seeds_and_its_seconds():
    assert STORED["seeds"] == [0, 1, 2]
    for entry in [*STORED["images"], *STORED["densities"]]:
        assert len(entry["values"]) == 3
        assert entry["seconds"] > 0


def test_the_code_of_a_page_runs_from_top_to_bottom_in_its_own_folder(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_code_cell("from pathlib import Path\nfound = [Path('beside.txt').read_text()]"),
        nbformat.v4.new_markdown_cell("This is no code."),
        nbformat.v4.new_code_cell("found.append(len(found))"),
    ])
    (tmp_path / "beside.txt").write_text("here")
    nbformat.write(notebook, tmp_path / "page.ipynb")
    assert cited.executed(tmp_path / "page.ipynb")["found"] == ["here", 1]

"""`make flow-densities`: what the page reads is complete, and its coupling layers are those that the page trains."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from gdm_lib.densities import DENSITIES
from tools import flow_densities

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / flow_densities.PAGE).read_text(encoding="utf-8"))
CELLS = nbformat.read(ROOT / "book" / "results" / "densities.ipynb", as_version=4).cells
CODE = "\n".join(cell.source for cell in CELLS if cell.cell_type == "code")


def test_every_flow_has_three_values_on_every_density():
    found = [(row["target"], row["flow"], row["budget"]) for row in STORED["rows"]]
    wanted = []
    for target in DENSITIES:
        wanted += [(target, flow, budget) for flow, budget in flow_densities.WANTED]
    assert found == wanted
    assert STORED["seeds"] == list(flow_densities.SEEDS)
    assert STORED["budgets"] == {name: vars(budget) for name, budget in flow_densities.BUDGETS.items()}
    assert all(len(row["values"]) == 3 and row["seconds"] > 0 for row in STORED["rows"])


def test_the_best_flow_comes_within_a_twentieth_of_a_nat_of_every_entropy():
    for target in DENSITIES:
        rows = [row for row in STORED["rows"] if (row["target"], row["budget"]) == (target, "long")]
        assert min(max(row["values"]) for row in rows) < 0.05


def test_the_short_budget_and_the_coupling_layers_are_the_pages():
    short = flow_densities.BUDGETS["short"]
    assert f"target.sample({short.points})" in CODE
    assert f"steps={short.steps}" in CODE
    assert f"batch_size={short.batch_size}" in CODE
    definition = next(cell.source for cell in CELLS if "def coupling" in cell.source)
    page = {}
    exec("from gdm_lib.flows import *\n" + definition, page)
    assert repr(page["coupling"](4)) == repr(flow_densities.coupling().transform)


@pytest.mark.parametrize("flow", flow_densities.FLOWS)
def test_a_short_run_gives_a_divergence_and_its_seconds(flow, monkeypatch):
    monkeypatch.setitem(flow_densities.BUDGETS, "short", flow_densities.Budget(200, 2, 50))
    monkeypatch.setattr(flow_densities, "FRESH", 500)
    one = flow_densities.run("banana", flow, "short", seed=0)
    assert one.kl > 0
    assert one.seconds >= 0
    assert one.draws == []


def test_what_is_written_is_json_with_an_entry_a_line():
    found = {"seeds": (0, 1), "rows": [{"a": 1}, {"a": 2}]}
    text = flow_densities.written(found)
    assert json.loads(text) == {"seeds": [0, 1], "rows": [{"a": 1}, {"a": 2}]}
    assert len(re.findall(r'^  \{"a"', text, re.MULTILINE)) == 2

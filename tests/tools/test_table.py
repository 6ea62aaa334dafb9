"""`make table`: goes on where it was stopped, repeats itself, and the page's numbers are those of the recipes here."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from gdm_lib import data
from gdm_lib.autoregressive import MADE, Bernoulli
from tools.table import __main__ as table
from tools.table.cells import CELLS, MNIST, Cell, Recipe, many_orders, no_hidden_layer

PAGE = Path(__file__).parents[2] / "book/results/papers.json"
TINY = Cell("dna", "tiny", lambda m: MADE(m, Bernoulli(), (4,), direct=True), Recipe(3, 1e-2, 1e-3), -5.0, "nobody")


@pytest.fixture
def split():
    generator = torch.Generator().manual_seed(0)
    parts = [torch.randint(2, (n, 6), generator=generator) for n in (40, 10, 20)]
    return data.BinarySplit(*parts)


def test_one_training_repeats_itself_and_its_number_is_that_of_the_test_set(split, tmp_path):
    one, again = (table.run(TINY, 1, split, tmp_path / f"{k}.safetensors") for k in range(2))
    assert one["nats"] == again["nats"]
    assert -6 < one["nats"] < -3                                            # six coins cost 4.2 nats
    assert one["nats"] != table.run(TINY, 2, split, tmp_path / "other.safetensors")["nats"]


def test_what_is_done_is_not_done_again_unless_its_recipe_changed(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(table.data, "binary", lambda folder, name: None)
    monkeypatch.setattr(table, "run", lambda cell, seed, split, checkpoint: asked.append(seed) or {"nats": -1.0 * seed})
    first = table.all_runs([TINY], tmp_path, tmp_path / "kept")
    assert table.all_runs([TINY], tmp_path, tmp_path / "kept") == first
    assert asked == [0, 1, 2]
    table.all_runs([replace(TINY, recipe=replace(TINY.recipe, steps=4))], tmp_path, tmp_path / "kept")
    assert asked == [0, 1, 2, 0, 1, 2]


def test_a_row_holds_every_seed_their_mean_and_half_their_range():
    results = {table.key_of(TINY, seed): {"nats": -4.0 - seed, "validation": 0, "seconds": 2.0} for seed in (0, 1, 2)}
    (row,) = table.summary([TINY], results)
    assert (row["nats"], row["mean"], row["half"], row["difference"]) == ([-4, -5, -6], -5, 1, 0)
    assert row["seconds"] == 6
    assert table.printed([row]).row_count == 1


def test_the_penalty_is_on_the_weights_and_in_training_only(split):
    model, recipe = MADE(6, Bernoulli(), (4,), direct=True), Recipe(1, 1e-2, l1=0.5)
    weights = sum(layer.weight.abs().sum() for layer in [*model.net.layers, model.direct])
    torch.testing.assert_close(recipe.loss(model, split.train), -model.log_prob(split.train).mean() + 0.5 * weights)
    model.eval()
    torch.testing.assert_close(recipe.loss(model, split.train), -model.log_prob(split.train).mean())


def test_no_two_cells_are_kept_under_one_name():
    keys = [table.key_of(cell, seed) for cell in [*CELLS, *MNIST] for seed in table.SEEDS]
    assert len(keys) == len(set(keys))


def test_the_models_of_the_table_are_made_for_any_m():
    for build in (no_hidden_layer, many_orders):
        assert build(6).log_prob(torch.zeros(2, 6, dtype=torch.long)).shape == (2,)


def test_the_numbers_of_the_page_are_those_of_the_recipes_as_they_are():
    rows = json.loads(PAGE.read_text(encoding="utf-8"))
    assert [(row["data"], row["model"], row["recipe"]) for row in rows] == [
        (cell.data, cell.model, asdict(cell.recipe)) for cell in CELLS]
    assert [(row["paper"], row["source"]) for row in rows] == [(cell.paper, cell.source) for cell in CELLS]

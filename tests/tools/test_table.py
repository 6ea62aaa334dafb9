"""`make table`: goes on where it was stopped, repeats itself, and the page's numbers are those of the recipes here."""

import json
import sys
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_lib import data
from gdm_lib.autoregressive import MADE, Bernoulli
from tools.table import __main__ as table
from tools.table.cells import CELLS, GATED, MNIST, Cell, Recipe, many_orders, markov, no_hidden_layer

LOADER = sys.modules["gdm_lib.data.binary"]                                # the function of this name hides the module
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
    keys = [table.key_of(cell, seed) for cell, seed in product([*CELLS, *MNIST], table.SEEDS)]
    assert len(keys) == len(set(keys))


def test_a_model_of_another_size_is_kept_under_another_name():
    cell = next(cell for cell in CELLS if cell.model == "Markov, d = 4")
    assert table.key_of(cell, 0) != table.key_of(replace(cell, build=markov(5)), 0)
    assert table.key_of(cell, 0) == table.key_of(replace(cell, build=markov(4)), 0)


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.model == GATED], ids=lambda cell: cell.data)
def test_a_vector_laid_out_as_a_picture_is_read_in_its_own_order(cell):
    m = LOADER.SHAPES[cell.data][0][1]
    model = cell.build(m)
    assert list(model.places()) == [tuple(map(int, place)) for place in np.ndindex(model.shape)]
    assert np.prod(model.shape) == m


def test_the_second_command_reads_its_file_trains_both_models_and_leaves_the_page_alone(monkeypatch, tmp_path, capsys):
    sizes = ((8, 784), (4, 784), (4, 784))                                  # the file itself has 70,000 vectors
    monkeypatch.setitem(LOADER.SHAPES, "binarized_mnist", sizes)
    draw = np.random.default_rng(0)
    parts = {part: draw.integers(2, size=size).astype("float32")
             for part, size in zip(("train_data", "valid_data", "test_data"), sizes, strict=True)}
    np.savez(tmp_path / "binarized_mnist.npz", **parts)
    short = [replace(cell, recipe=replace(cell.recipe, steps=2, batch_size=4)) for cell in MNIST]
    monkeypatch.setattr(table, "MNIST", short)
    monkeypatch.setattr(table, "SEEDS", (0,))
    monkeypatch.setattr(table, "RUNS", tmp_path / "kept")
    monkeypatch.setattr("sys.argv", ["tools.table", str(tmp_path), "--mnist"])
    before = PAGE.read_bytes()
    table.main()
    rows = json.loads((tmp_path / "kept/binarized_mnist.json").read_text(encoding="utf-8"))
    assert [row["model"] for row in rows] == ["MADE", "gated PixelCNN"]
    coins = 784 * float(np.log(2))                                          # what such vectors cost at least
    assert all(-1.3 * coins < row["mean"] < -0.9 * coins for row in rows)
    assert PAGE.read_bytes() == before
    assert "written to" in capsys.readouterr().out


def test_the_models_of_the_table_are_made_for_any_m():
    for build in (no_hidden_layer, many_orders):
        assert build(6).log_prob(torch.zeros(2, 6, dtype=torch.long)).shape == (2,)


def test_the_numbers_of_the_page_are_those_of_the_recipes_as_they_are():
    rows = json.loads(PAGE.read_text(encoding="utf-8"))
    assert [(row["data"], row["model"], row["recipe"]) for row in rows] == [
        (cell.data, cell.model, asdict(cell.recipe)) for cell in CELLS]
    assert [(row["paper"], row["source"]) for row in rows] == [(cell.paper, cell.source) for cell in CELLS]

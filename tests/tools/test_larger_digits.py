"""`make larger-digits`: what the page reads is complete, and the models compared are what their names say."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_lib import check
from tools import larger_digits

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / larger_digits.BITS).read_text(encoding="utf-8"))
MOST_BYTES = 300_000
"""Of the stored weights: a repository keeps every version of them."""


def test_every_model_has_a_result_for_every_seed():
    assert list(STORED["models"]) == list(larger_digits.MODELS)
    assert STORED["seeds"] == {name: list(seeds) for name, seeds in larger_digits.SEEDS.items()}
    assert STORED["steps"] == larger_digits.STEPS
    for name, runs in STORED["models"].items():
        assert len({run["bits"] for run in runs}) == len(larger_digits.SEEDS[name])


@pytest.mark.parametrize("name", larger_digits.MODELS)
def test_the_weights_are_counted_and_about_as_many_in_each_model(name):
    count = larger_digits.open_weights(larger_digits.MODELS[name]())
    assert {run["weights"] for run in STORED["models"][name]} == {count}
    assert 85_000 < count < 100_000


def test_the_gated_stack_has_the_blind_spot_of_the_plain_one():
    report = check.causality(larger_digits.OneGatedStack(1))
    page = (ROOT / larger_digits.BITS).with_suffix(".ipynb").read_text(encoding="utf-8")
    assert report.ok
    assert f"one stack: {int(report.missing.sum()):,} of 19,110 links are missing" in page


def test_the_stored_weights_are_few_and_those_of_the_model():
    path = ROOT / larger_digits.WEIGHTS
    assert path.stat().st_size < MOST_BYTES
    shapes = {name: tuple(weight.shape) for name, weight in larger_digits.long_model().named_parameters()}
    assert {name: kept.shape for name, kept in np.load(path).items()} == shapes


def test_weights_that_a_mask_closes_are_stored_as_zeros():
    model = larger_digits.long_model()
    kept = larger_digits.halves(model)
    first = model.layers[0].vertical
    assert torch.equal(torch.from_numpy(kept["layers.0.vertical.weight"] != 0), (first.weight * first.mask).half() != 0)
    assert kept["layers.0.vertical.bias"].dtype == np.float16

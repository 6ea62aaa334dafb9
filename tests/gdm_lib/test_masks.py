"""Masks hide the future, all of it, and nothing of the past."""

from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gdm_lib.masks import causal_mask, made_degrees, made_masks, raster_mask, vertical_mask

SIZES = (1, 3, 5, 7)
KINDS = ("A", "B")


def weights(mask):
    """Every weight of a convolution mask: (mask entry, colors that it links, offset of its tap)."""
    out_channels, in_channels, k, _ = mask.shape
    for o, i, y, x in product(range(out_channels), range(in_channels), range(k), range(k)):
        yield bool(mask[o, i, y, x]), (o, i), (y - k // 2, x - k // 2)


@pytest.mark.parametrize(("k", "kind"), list(product(SIZES, KINDS)))
def test_a_causal_mask_keeps_what_lies_before_and_for_B_the_center(k, kind):
    expected = [offset < 0 or (offset == 0 and kind == "B") for offset in range(-(k // 2), k // 2 + 1)]
    assert causal_mask(k, kind).tolist() == expected


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(SIZES), st.sampled_from(KINDS), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3))
def test_a_raster_mask_keeps_a_weight_if_and_only_if_its_input_comes_earlier(k, kind, groups, blocks_in, blocks_out):
    mask = raster_mask(k, kind, groups * blocks_in, groups * blocks_out, groups)
    assert mask.dtype == torch.bool
    for kept, (o, i), (dy, dx) in weights(mask):
        earlier = (dy, dx, i // blocks_in) < (0, 0, o // blocks_out)
        itself = (dy, dx, i // blocks_in) == (0, 0, o // blocks_out)
        assert kept == (earlier or (itself and kind == "B"))


@pytest.mark.parametrize(("k", "kind"), list(product(SIZES, KINDS)))
def test_a_raster_mask_is_the_lectures_picture_for_one_channel(k, kind):
    mask = raster_mask(k, kind)[0, 0].int()
    assert mask.flatten().tolist() == [1] * (k * k // 2) + [int(kind == "B")] + [0] * (k * k // 2)


@pytest.mark.parametrize(("k", "kind"), list(product(SIZES, KINDS)))
def test_a_vertical_mask_keeps_whole_rows(k, kind):
    for kept, _, (dy, _) in weights(vertical_mask(k, kind, 2, 3)):
        assert kept == (dy < 0 or (dy == 0 and kind == "B"))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(1, 7), st.lists(st.integers(6, 12), max_size=3), st.randoms(use_true_random=False))
def test_the_product_of_made_masks_is_the_strict_past_of_the_order(m, hidden, random):
    order = random.sample(range(1, m + 1), m)
    links = torch.eye(m)
    for mask in made_masks(made_degrees(m, hidden, order)):
        links = mask.float() @ links
    place = torch.tensor(order)
    assert ((links > 0) == (place[:, None] > place)).all()


BAD = {
    "even kernel": (lambda: causal_mask(4, "A"), "kernel_size must be odd.*got 4"),
    "kernel of zero": (lambda: causal_mask(0, "A"), "kernel_size must be an integer of at least 1, got 0"),
    "kernel that is no integer": (lambda: raster_mask(3.0, "A"), "kernel_size must be an integer.*got 3.0"),
    "unknown kind": (lambda: raster_mask(3, "C"), 'kind must be "A".*got \'C\''),
    "channels not in groups": (lambda: raster_mask(3, "A", 4, 3, 3), "in_channels must be a multiple.* = 3, got 4"),
    "order with a gap": (lambda: made_degrees(3, [4], [1, 1, 3]), r"each of 1..3 once, got \[1, 1, 3\]"),
    "degrees of one layer": (lambda: made_masks([torch.arange(3)]), "degrees must hold.*got 1 entries"),
    "degrees as a matrix": (lambda: made_masks([torch.ones(2, 2)] * 2), r"shape \(units,\), got \(2, 2\)"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_what_was_expected_and_what_came(name):
    call, message = BAD[name]
    with pytest.raises(ValueError, match=message):
        call()

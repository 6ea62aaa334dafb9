"""Arrows between the parts of the repository point one way, and the architecture page shows them as they are."""

from itertools import chain, pairwise

import networkx as nx
import pytest

from tools.pictures.architecture import (
    PACKAGES,
    PICTURES,
    ROOT,
    draw,
    heights,
    imported,
    importing,
    lanes,
    layers,
    modules,
)

PAGE = (ROOT / "book" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("other", ["gdm_grader", "tests", "tools"])
def test_the_library_knows_nothing_of(other):
    assert importing("gdm_lib", other) == []


@pytest.mark.parametrize("other", ["gdm_lib", "tests", "tools"])
def test_the_grader_knows_nothing_of(other):
    assert importing("gdm_grader", other) == []


def test_tools_know_of_the_tests_only_the_attacks_and_the_small_courses():
    """Tests of tools import them: the other way round would be a circle."""
    names = chain.from_iterable(map(imported, (ROOT / "tools").rglob("*.py")))
    lent = ("tests.attacks", "tests.courses.sheets", "tests.courses.tiny")
    borrowed = {name for name in names if name.startswith("tests.") and not name.startswith(lent)}
    assert borrowed == set()
    assert importing("tests/attacks", "tools") == []


@pytest.mark.parametrize("folder", ["book", "solutions", "gdm_lib", "gdm_grader"])
def test_what_is_built_from_reads_no_file_of_the_tests(folder):
    readers = [path for path in (ROOT / folder).rglob("*.py") if '"tests"' in path.read_text(encoding="utf-8")]
    assert readers == []


def test_the_modules_of_the_library_form_layers():
    assert nx.is_directed_acyclic_graph(modules("gdm_lib"))


def test_an_import_is_an_arrow():
    assert ("masks", "autoregressive") in modules("gdm_lib").edges
    assert ("course", "grading") in modules("gdm_grader").edges


@pytest.mark.parametrize("package", PACKAGES)
def test_a_box_stands_in_a_layer_below_those_that_import_it(package):
    arrows, rows = layers(package)
    layer = {}
    for i, row in enumerate(rows):
        layer |= dict.fromkeys(row, i)
    assert set(layer) == set(arrows)
    assert all(layer[low] < layer[high] for low, high in arrows.edges)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_ways_of_one_lane_meet(package):
    arrows, rows = layers(package)
    y = heights(rows)
    ways = []
    for name, lane in lanes(arrows, y).items():
        ways.append((lane, y[name], max(y[user] for user in arrows[name])))
    for (lane, _, high), (other, low, _) in pairwise(sorted(ways)):
        assert lane != other or high < low


@pytest.mark.parametrize("package", PACKAGES)
def test_the_picture_is_what_the_imports_make(package, tmp_path):
    draw(package, tmp_path / "now.svg")
    committed = (PICTURES / f"{package}.svg").read_bytes()
    assert (tmp_path / "now.svg").read_bytes() == committed, f"run: python -m tools.pictures.architecture {package}"


@pytest.mark.parametrize("package", PACKAGES)
def test_the_page_shows_the_picture(package):
    assert f"{{image}} _static/architecture/{package}.svg\n" in PAGE

"""Arrows between the parts of the repository point one way, and the architecture page shows them as they are."""

import networkx as nx
import pytest

from tests.pictures.architecture import HEIGHTS, PICTURES, ROOT, draw, importing, modules

PAGE = (ROOT / "book" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("other", ["gdm_grader", "tests"])
def test_the_library_knows_nothing_of(other):
    assert importing("gdm_lib", other) == []


@pytest.mark.parametrize("other", ["gdm_lib", "tests"])
def test_the_grader_knows_nothing_of(other):
    assert importing("gdm_grader", other) == []


def test_the_modules_of_the_library_form_layers():
    assert nx.is_directed_acyclic_graph(modules("gdm_lib"))


def test_an_import_is_an_arrow():
    assert ("masks", "autoregressive") in modules("gdm_lib").edges
    assert ("course", "cohort") in modules("gdm_grader").edges


@pytest.mark.parametrize("package", HEIGHTS)
def test_the_picture_is_what_the_imports_make(package, tmp_path):
    draw(package, tmp_path / "now.svg")
    committed = (PICTURES / f"{package}.svg").read_bytes()
    assert (tmp_path / "now.svg").read_bytes() == committed, f"run: python -m tests.pictures.architecture {package}"


@pytest.mark.parametrize("package", HEIGHTS)
def test_the_page_shows_the_picture(package):
    assert f"{{image}} _static/architecture/{package}.svg\n" in PAGE

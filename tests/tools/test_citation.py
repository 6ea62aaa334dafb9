"""The DOI of a release gets into what is cited, and no false one does."""

import tomllib
from pathlib import Path

import pytest
import yaml

from tools.citation import PLACEHOLDER, filled

ROOT = Path(__file__).parents[2]
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_the_checkout_holds_the_placeholder():
    assert yaml.safe_load(CITATION)["doi"] == PLACEHOLDER


def test_a_doi_takes_the_place_of_the_placeholder_and_changes_nothing_else():
    made = yaml.safe_load(filled(CITATION, "10.5281/zenodo.1234567"))
    assert made.pop("doi") == "10.5281/zenodo.1234567"
    assert made == {key: value for key, value in yaml.safe_load(CITATION).items() if key != "doi"}


def test_without_a_doi_the_line_is_left_out():
    assert "doi" not in filled(CITATION, "")


@pytest.mark.parametrize("doi", [PLACEHOLDER, "zenodo.1234567", "https://example.org/10.5281/zenodo.1", "10.5281/a b"])
def test_what_is_no_doi_is_refused(doi):
    with pytest.raises(ValueError, match="DOI must look like"):
        filled(CITATION, doi)


def test_a_citation_without_a_placeholder_is_refused():
    with pytest.raises(ValueError, match="must hold the line"):
        filled(CITATION.replace(PLACEHOLDER, "10.5281/zenodo.1"), "10.5281/zenodo.2")


def test_it_names_the_license_that_the_wheels_name():
    """A list of licenses in a CITATION.cff leaves the choice to the reader: here code has one, text the other."""
    for package in ("gdm_lib", "gdm_grader"):
        metadata = tomllib.loads((ROOT / package / "pyproject.toml").read_text(encoding="utf-8"))
        assert yaml.safe_load(CITATION)["license"] == metadata["project"]["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert "CC-BY-4.0" in CITATION
    assert "Attribution 4.0" in (ROOT / "LICENSE-text").read_text(encoding="utf-8")

"""A release is refused for each thing that is in its way, and for nothing else."""

import shutil
from pathlib import Path

import pytest

from tools.release import obstacles

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ready(tmp_path):
    """A tree that could be released."""
    for name in ("CITATION.cff", "CHANGELOG.md", "_config.yml", "gdm_lib/pyproject.toml", "gdm_grader/pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    replace(tmp_path / "CHANGELOG.md", "0.1.0, not yet released", "0.1.0, 2027-01-15")
    replace(tmp_path / "_config.yml", "OWNER/REPO", "someone/course")
    replace(tmp_path / "_config.yml", "example.org", "course.example")
    return tmp_path


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_nothing_is_in_the_way_of_a_tree_that_is_ready(ready):
    assert obstacles(ready, "", ["v0.0.9"]) == []


@pytest.mark.parametrize(("name", "old", "new", "says"), [
    ("gdm_grader/pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"', "Expected one version"),
    ("CITATION.cff", "version: 0.1.0", "version: 0.0.1", "in CITATION.cff, found 0.0.1"),
    ("CHANGELOG.md", "0.1.0, 2027-01-15", "0.1.0, not yet released", "Expected the date"),
    ("CHANGELOG.md", "## 0.1.0", "## 0.0.1", "Expected a heading"),
    ("_config.yml", "someone/course", "OWNER/REPO", "found the example OWNER/REPO"),
])
def test_what_is_in_the_way_is_said(ready, name, old, new, says):
    replace(ready / name, old, new)
    (sentence,) = obstacles(ready, "", [])
    assert says in sentence


def test_uncommitted_changes_and_a_version_that_is_out_are_in_the_way(ready):
    assert "found changes: M Makefile" in obstacles(ready, " M Makefile\n", [])[0]
    assert "found the tag v0.1.0" in obstacles(ready, "", ["v0.1.0"])[0]


def test_the_checkout_as_it_is_names_the_examples():
    """Here the addresses are the examples, so a release from here is refused."""
    assert any("OWNER/REPO" in sentence for sentence in obstacles(ROOT, "", []))

"""The first cell of every notebook: one line that says how Colab, which has the rest, gets the library."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import nbformat
import pytest

from gdm_grader.authoring import wheels

ROOT = Path(__file__).parents[2]
FOUND = chain.from_iterable(sorted((ROOT / folder).rglob("*.ipynb")) for folder in ("book", "assignments", "solutions"))
NOTEBOOKS = [path for path in FOUND if ".ipynb_checkpoints" not in path.parts]
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
LINE = re.compile(r"# In Colab, first: %(pip install .*)")


def first(path: Path) -> nbformat.NotebookNode:
    return next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")


CELL = first(NOTEBOOKS[0]).source


@every_notebook
def test_every_notebook_begins_with_it_and_no_page_shows_it(path: Path) -> None:
    assert first(path).source == CELL
    assert ("remove-cell" in first(path).metadata.get("tags", [])) == (ROOT / "book" in path.parents)


def test_it_is_one_line_and_does_nothing_here() -> None:
    assert LINE.fullmatch(CELL)
    exec(CELL, {})


def test_it_asks_for_the_distribution_and_leaves_what_is_there(tmp_path: Path) -> None:
    """Run as Colab would, with the library's wheel at hand instead of an index: nothing else is fetched."""
    project = tomllib.loads((ROOT / "gdm_lib" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    words = shlex.split(LINE.fullmatch(CELL)[1])
    assert words[-1] == project["name"]
    wheels.build(ROOT, "gdm_lib", tmp_path / "wheels")
    offline = ["--no-index", "--find-links", tmp_path / "wheels", "--target", tmp_path / "site"]
    command = [sys.executable, "-m", *words, *offline]
    subprocess.run(command, check=True, capture_output=True)
    assert sorted(path.name for path in (tmp_path / "site").glob("*.dist-info")) == [
        f"gdm_lib-{project['version']}.dist-info"]

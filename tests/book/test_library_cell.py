"""The cell that installs the library in Colab: the same in every notebook, with the address of _config.yml."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[2]
NOTEBOOKS = [path for folder in ("book", "assignments") for path in sorted((ROOT / folder).rglob("*.ipynb"))
             if ".ipynb_checkpoints" not in path.parts]
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def first(path: Path) -> nbformat.NotebookNode:
    return next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")


CELL = first(NOTEBOOKS[0]).source


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without the library."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@every_notebook
def test_every_notebook_begins_with_it_and_no_page_shows_it(path: Path) -> None:
    assert first(path).source == CELL
    assert ("remove-cell" in first(path).metadata.get("tags", [])) == (ROOT / "book" in path.parents)


def test_it_names_the_repository_and_the_branch_of_the_configuration() -> None:
    repository = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]
    assert f'HOME = "{repository["url"]}"' in CELL, "after changing the address: see 'Publish it' for contributors"
    assert f"{{HOME}}/raw/{repository['branch']}/requirements.lock" in CELL


def test_where_the_library_is_it_does_nothing(capsys: pytest.CaptureFixture) -> None:
    exec(CELL, {})
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("lacking")
def test_elsewhere_it_says_what_to_do_and_goes_on(capsys: pytest.CaptureFixture) -> None:
    exec(CELL, {})
    said = capsys.readouterr().out
    assert said.startswith("gdm_lib is not installed here.")
    assert said.count("\n") == 1
    assert "%pip install" in said


@pytest.mark.usefixtures("lacking")
def test_in_colab_it_installs_with_arguments_that_pip_understands(monkeypatch: pytest.MonkeyPatch) -> None:
    magics: list[tuple[str, str]] = []
    shell = SimpleNamespace(run_line_magic=lambda name, line: magics.append((name, line)))
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    exec(CELL, {"get_ipython": lambda: shell})
    ((name, line),) = magics
    assert name == "pip"
    here = line.split(" git+")[0].replace(line.split("-c ")[1].split()[0], str(ROOT / "requirements.lock")).split()
    offline = ["--no-deps", "--no-build-isolation", "--no-index", "--dry-run", str(ROOT)]
    done = subprocess.run([sys.executable, "-m", "pip", *here, *offline], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

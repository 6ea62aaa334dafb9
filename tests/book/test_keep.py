"""The book takes over what nbval has run, and only what passed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from gdm_book.cache import execution_key, is_known
from jupyter_cache import get_cache
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
PAGES = {"right": "3\n", "wrong": "4\n"}


def page(name: str, stored: str) -> nbformat.NotebookNode:
    outputs = [new_output("stream", name="stdout", text=stored)]
    cells = [new_code_cell(f"a = 1  # {name}"), new_code_cell("print(a + 2)", outputs=outputs, execution_count=2)]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for folder in ("tests/book", "book/_ext"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "tests/__init__.py", tmp_path / "tests")
    for name, stored in PAGES.items():
        nbformat.write(page(name, stored), tmp_path / "book" / f"{name}.ipynb")
    return tmp_path


@pytest.mark.slow
def test_a_page_that_passed_is_not_run_again_and_one_that_failed_is(course: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "tests.book.keep", "--nbval", "book"]
    subprocess.run(command, cwd=course, env=os.environ | {"PYTHONPATH": str(course)}, capture_output=True)
    cache = get_cache(course / "_build" / ".jupyter_cache" / execution_key(course))
    notebooks = {name: nbformat.read(course / "book" / f"{name}.ipynb", as_version=4) for name in PAGES}
    assert {name for name, nb in notebooks.items() if is_known(cache, nb)} == {"right"}
    _, kept = cache.merge_match_into_notebook(notebooks["right"])
    assert [output.text for output in kept.cells[1].outputs] == ["3\n"]
    assert [record.data["cpu_seconds"] > 0 for record in cache.list_cache_records()] == [True]

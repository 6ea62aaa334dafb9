"""The build refuses a bad page, keeps refusing it, and runs a page again when the library has changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]
Build = Callable[[], subprocess.CompletedProcess]
PICTURE = "from IPython.display import Image\nImage(bytes.fromhex('89504e470d0a1a0a'), format='png')"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A small book with the real configuration, and a library of one line."""
    for name in ("_config.yml", "book/_ext", "book/_static", "book/references.bib"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "gdm_lib").mkdir()
    (tmp_path / "gdm_lib/__init__.py").write_text("answer = 41\n")
    (tmp_path / "book/_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters:\n- file: book/page\n")
    (tmp_path / "book/index.md").write_text("# Start\n\nThe first page.\n")
    return tmp_path


@pytest.fixture
def build(book: Path) -> Build:
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "--toc", "book/_toc.yml"]
    command += ["-W", "--keep-going", "-n"]
    return lambda: subprocess.run(
        command,
        cwd=book,
        env={**os.environ, "PYTHONPATH": str(book)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def write_notebook(book: Path, code: str, name: str = "page") -> nbformat.NotebookNode:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = new_notebook(cells=[new_markdown_cell(f"# {name.title()}"), new_code_cell(code)], metadata=kernel)
    nbformat.write(notebook, book / f"book/{name}.ipynb")
    return notebook


COMPLAINTS = {
    r"$\nosuchcommand{x}$": "formula not rendered",
    "[gone](no-such-page)": "cross-reference target not found: 'no-such-page'",
    "{prf:ref}`thm-nowhere`": "label 'thm-nowhere' not found",
    "{cite:p}`nobody1900`": 'could not find bibtex key "nobody1900"',
    "![](_static/favicon.svg)": "image without alt text",
    ":::{quiz} Who?\n- [ ] I\n\n  No.\n- [ ] You\n\n  No.\n- [ ] We\n\n  No.\n:::": (
        "a quiz needs at least one right choice"),
    ":::{quiz} Why?\n- [x] This\n- [ ] That\n:::": "a quiz is a list of at least",
    ":::{explorable} perpetual-motion\nIt moves.\n:::": "there is no explorable 'perpetual-motion'",
    ":::{explorable} one-pass\n:::": "the explorable one-pass needs a sentence",
}


def test_bad_pages_are_refused_and_refused_again(book: Path, build: Build) -> None:
    (book / "book/page.md").write_text("# Page\n\n" + "\n\n".join(COMPLAINTS) + "\n")
    for _ in range(2):
        result = build()
        assert result.returncode != 0
        assert [complaint for complaint in COMPLAINTS.values() if complaint not in result.stdout] == []


@pytest.mark.slow
def test_a_cell_that_raises_is_refused(book: Path, build: Build) -> None:
    write_notebook(book, "1 / 0")
    result = build()
    assert result.returncode != 0
    assert "ZeroDivisionError" in result.stdout


@pytest.mark.slow
def test_a_cell_that_warns_and_a_figure_without_alt_text_are_refused(book: Path, build: Build) -> None:
    bad = {
        "warns": ("import sys; print('careful', file=sys.stderr)", "stderr was found in the cell outputs"),
        "wordless": (PICTURE, "image without alt text"),
    }
    for name, (code, _) in bad.items():
        write_notebook(book, code, name)
    chapters = "".join(f"- file: book/{name}\n" for name in bad)
    (book / "book/_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{chapters}")
    result = build()
    assert result.returncode != 0
    for name, (_, complaint) in bad.items():
        assert re.search(rf"book/{name}\b.*{complaint}", result.stdout), (name, result.stdout)


@pytest.mark.slow
def test_a_page_runs_again_when_the_library_has_changed_and_not_when_its_text_has(book: Path, build: Build) -> None:
    notebook = write_notebook(book, "import gdm_lib\n\nprint('the answer is', gdm_lib.answer)")
    notebook.cells[0].source += "\n\n:::{admonition} You will be able to\n:class: goals\n- wait.\n:::\n"
    nbformat.write(notebook, book / "book/page.ipynb")
    page = book / "_build/html/book/page.html"
    first = build()
    assert first.returncode == 0, first.stdout
    assert "executing pages" in first.stdout
    assert "the answer is 41" in page.read_text()
    measured = re.search(r"\d+ minutes to read · \d+ s of CPU", page.read_text())
    assert measured
    script = "_static/explorables/explorable.js"
    assert 0 < (book / "_build/html" / script).stat().st_size < 0.8 * (book / "book" / script).stat().st_size

    notebook.cells[0].source += "\nA word more."
    nbformat.write(notebook, book / "book/page.ipynb")
    (book / "book/index.md").write_text("# Start again\n\nThe first page.\n")
    second = build()
    assert second.returncode == 0, second.stdout
    assert "executing pages" not in second.stdout
    assert "A word more." in page.read_text()
    assert measured[0] in page.read_text()
    sitemap = (book / "_build/html/sitemap.xml").read_text()
    assert all(f"/book/{name}.html" in sitemap for name in ("index", "page"))

    (book / "gdm_lib/__init__.py").write_text("answer = 42\n")
    assert build().returncode == 0
    assert "the answer is 42" in page.read_text()

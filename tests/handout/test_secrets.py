"""No solution, hidden test or entry of the catalogue is in what students and readers get; and the scan finds them."""

import gzip
import html
import shutil
import zipfile
from pathlib import Path

import pytest

from gdm_grader.authoring.leaks import betrayals

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"


def test_nothing_secret_is_in_the_assignments(secret):
    assert betrayals(ROOT / "assignments", secret) == []


def test_nothing_secret_is_in_the_pages_or_in_the_library(secret):
    assert betrayals(ROOT / "book", secret) + betrayals(ROOT / "gdm_lib", secret) == []


def test_nothing_secret_is_in_the_built_book(secret):
    if not (SITE / "index.html").is_file():
        pytest.fail("The book is not built: there is no _build/html/index.html. Run: make book", pytrace=False)
    assert (SITE / "searchindex.js").is_file()
    assert (SITE / "_sources").is_dir()
    assert betrayals(SITE, secret) == []


def test_no_page_of_the_built_book_comes_from_the_solutions():
    assert not [path for path in SITE.rglob("*") if "solutions" in path.relative_to(SITE).parts]


def as_notebook(folder, answers):
    shutil.copy(answers.parents[1] / "masks.ipynb", folder / "page.ipynb")


def as_html(folder, answers):
    colored = html.escape(answers.read_text(encoding="utf-8")).replace("mask", '<span class="n">mask</span>')
    (folder / "page.html").write_text(f"<pre>{colored}</pre>", encoding="utf-8")


def as_archive(folder, answers):
    with zipfile.ZipFile(folder / "handout.zip", "w") as archive:
        archive.write(answers, "notes.txt")


def as_packed_file(folder, answers):
    (folder / "notes.txt.gz").write_bytes(gzip.compress(answers.read_bytes()))


def as_one_long_string(folder, answers):
    text = answers.read_text(encoding="utf-8").replace('"', '\\"').replace("\n", "\\n")
    (folder / "index.js").write_text(f'Search.setIndex({{"text": "{text}"}})', encoding="utf-8")


@pytest.mark.parametrize("leak", [as_notebook, as_html, as_archive, as_packed_file, as_one_long_string])
def test_the_scan_finds_what_is_hidden_in(tmp_path, solutions, secret, leak):
    leak(tmp_path, solutions / "masks" / "catalogue" / "raster_mask.py")
    assert betrayals(tmp_path, secret)


def test_the_scan_finds_a_sentence_of_the_catalogue(tmp_path, secret):
    (tmp_path / "hints.md").write_text("Your type B mask hides the current pixel.\n", encoding="utf-8")
    assert betrayals(tmp_path, secret)


def test_the_scan_finds_the_mark_of_a_region(tmp_path, secret):
    (tmp_path / "cell.py").write_text("### BEGIN HIDDEN TESTS\n", encoding="utf-8")
    assert betrayals(tmp_path, secret) == ["cell.py holds 'BEGIN HIDDEN TESTS'"]


def test_the_scan_finds_a_catalogue_by_its_folder(tmp_path, secret):
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "empty.py").touch()
    assert betrayals(tmp_path, secret) == ["catalogue/empty.py is part of a catalogue"]

"""A refreshed notebook holds text outputs, counts from 1, and nothing that changes by itself."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from gdm_grader.authoring import notebooks

PICTURE = '''
from pathlib import Path
from IPython.display import display
display({"image/png": "aGVsbG8=", "text/plain": "a picture"}, raw=True)
Path("here").touch()
'''
FOR_THE_TEXT = '''
from IPython.display import display
from myst_nb import glue
glue("half", "0.5", display=False)
display({"text/plain": "here"}, raw=True, metadata={"isolated": True})
'''


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    path = tmp_path_factory.mktemp("pages") / "page.ipynb"
    cells = [
        new_code_cell("import os\nprint(os.environ['TQDM_DISABLE'], os.environ['OMP_NUM_THREADS'])", id="a",
                      metadata={"collapsed": True, "tags": ["hide-input"], "mystnb": {"image": {"alt": "x"}}}),
        new_code_cell("", id="b", execution_count=7),
        new_code_cell(PICTURE, id="c"),
        new_code_cell("1 + 1", id="d", execution_count=9),
        new_code_cell(FOR_THE_TEXT, id="e"),
    ]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": {"name": "other", "display_name": "O"},
                                                       "widgets": {}}), path)
    assert list(notebooks.refresh([path])) == [(path, None)]
    return path


def test_it_is_clean(refreshed):
    assert notebooks.violations(refreshed) == []


def test_it_ran_in_its_own_folder(refreshed):
    assert (refreshed.parent / "here").exists()


def test_text_outputs_are_kept_and_pictures_removed(refreshed):
    cells = nbformat.read(refreshed, as_version=4).cells
    assert cells[0].outputs[0].text == "1 1\n"
    assert cells[2].outputs[0].data == {"text/plain": "a picture"}
    assert cells[3].outputs[0].data == {"text/plain": "2"}


def test_counts_run_from_one_and_ids_stay(refreshed):
    cells = nbformat.read(refreshed, as_version=4).cells
    assert [cell.execution_count for cell in cells] == [1, None, 2, 3, 4]
    assert cells[3].outputs[0].execution_count == 3
    assert [cell.id for cell in cells] == ["a", "b", "c", "d", "e"]
    assert cells[0].metadata == {"tags": ["hide-input"], "mystnb": {"image": {"alt": "x"}}}


def test_a_number_for_the_text_keeps_its_name(refreshed):
    glued, shown = nbformat.read(refreshed, as_version=4).cells[4].outputs
    assert glued.metadata == {"scrapbook": {"name": "half", "mime_prefix": "application/papermill.record/"}}
    assert glued.data == {"application/papermill.record/text/plain": "'0.5'"}
    assert shown.metadata == {}


def test_refreshing_again_changes_nothing(refreshed):
    before = refreshed.read_bytes()
    list(notebooks.refresh([refreshed]))
    assert refreshed.read_bytes() == before


def test_a_notebook_that_fails_is_left_as_it_was_and_the_others_go_on(course, tmp_path, gdm):
    (tmp_path / "pages").mkdir()
    sources = {"raises": "x = 1\n1 / 0", "ends": "import os\nos._exit(3)", "fine": "print(2)"}
    for name, source in sources.items():
        cells = [new_code_cell("1 + 1", id="a"), new_code_cell(source, id="b")]
        nbformat.write(new_notebook(cells=cells), tmp_path / "pages" / f"{name}.ipynb")
    (tmp_path / "pages" / "text.ipynb").write_text("not a notebook")
    before = {path.name: path.read_bytes() for path in (tmp_path / "pages").iterdir()}
    status, output = gdm(course, "refresh", tmp_path / "pages")
    assert status == 1
    assert "raises.ipynb is left as it was: cell 1, which begins with 'x = 1', raised ZeroDivisionError: div" in output
    assert "ends.ipynb is left as it was: cell 1, which begins with 'import os', ended its Python process" in output
    assert "text.ipynb cannot be read as a notebook" in output
    assert f"refreshed {tmp_path / 'pages' / 'fine.ipynb'}" in output
    assert "3 notebooks were not refreshed" in output
    assert "Traceback" not in output
    changed = [name for name, content in before.items() if (tmp_path / "pages" / name).read_bytes() != content]
    assert changed == ["fine.ipynb"]


@pytest.mark.parametrize(("change", "problem"), [
    (lambda nb: nb.metadata.update(widgets={}), "the notebook's metadata"),
    (lambda nb: nb.cells[0].metadata.update(collapsed=True), "cell 0 has metadata collapsed"),
    (lambda nb: nb.cells[0].update(execution_count=None), "cell 0 has execution count None, expected 1"),
    (lambda nb: nb.cells[3].update(execution_count=4), "cell 3 has execution count 4, expected 3"),
    (lambda nb: nb.cells[2].outputs[0].data.update({"image/png": "aGVsbG8="}), "cell 2 stores a picture, image/png"),
    (lambda nb: nb.cells[3].update(outputs=[new_output("error", ename="NameError")]), "stores an error, NameError"),
    (lambda nb: nb.cells[3].update(outputs=[new_output("stream", name="stderr", text="w")]), "writes to stderr"),
    (lambda nb: nb.cells[0].outputs[0].update(text="<A at 0x7f00aa11>"), "an address in memory"),
])
def test_what_is_not_clean_is_named(refreshed, copy_of, change, problem):
    path = copy_of(refreshed, "changed.ipynb")
    nb = nbformat.read(path, as_version=4)
    change(nb)
    nbformat.write(nb, path)
    assert any(problem in line and "gdm refresh" in line for line in notebooks.violations(path))

"""The pages as they are stored: executed, clean, short, and the code holds what the text states."""

from __future__ import annotations

import ast
import re
from collections import Counter
from itertools import chain
from pathlib import Path

import nbformat
import pytest
import yaml
from gdm_book.launch import glued_by
from nbval.plugin import find_comment_markers, find_metadata_tags

from . import numbers
from .close import TAG

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(path for path in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
LONGEST_CELL = 15  # lines
WIDEST_LINE = 93  # characters: what the page shows at a desktop's width
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(BOOK).as_posix())


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def code(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "code"))


def text(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "markdown"))


def figures(path: Path) -> dict[str, dict]:
    """Each code cell that shows a figure, and what the book is told of it. The picture is not stored, its place is."""
    showing = [cell for cell in cells(path, "code") if any(map(is_figure, cell.outputs))]
    return {cell.id: cell.metadata.get("mystnb", {}) for cell in showing}


def is_figure(output: nbformat.NotebookNode) -> bool:
    return output.get("data", {}).get("text/plain", "").startswith("<Figure")


@every_notebook
def test_a_training_that_prints_decimal_numbers_may_print_near_ones(path: Path) -> None:
    for cell in cells(path, "code"):
        printed = "".join(output.get("text", "") for output in cell.outputs)
        if re.search(r"\bfit\(", cell.source) and re.search(r"\d\.\d", printed):
            assert TAG in cell.metadata.get("tags", []), cell.id


def test_there_are_pages_to_look_at() -> None:
    assert len(NOTEBOOKS) >= 12


def test_the_table_of_contents_lists_every_page_once() -> None:
    toc = yaml.safe_load((BOOK / "_toc.yml").read_text())
    chapters = chain.from_iterable(part["chapters"] for part in toc["parts"])
    listed = [toc["root"], *(chapter["file"] for chapter in chapters)]
    pages = [path for path in [*BOOK.rglob("*.md"), *NOTEBOOKS] if not path.relative_to(BOOK).parts[0].startswith("_")]
    assert sorted(listed) == sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in pages)


@every_notebook
def test_every_code_cell_was_executed_in_order(path: Path) -> None:
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.parametrize("path", [*NOTEBOOKS, *SOLUTIONS], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nbval_runs_every_cell_and_ignores_no_output(path: Path) -> None:
    for cell in cells(path, "code"):
        asked = [*find_metadata_tags(cell.metadata), *find_comment_markers(cell.source)]
        assert not asked, f"cell {cell.id} asks nbval to look away: {asked}; tests/book/close.py compares closely"


@every_notebook
def test_no_picture_and_nothing_from_stderr_is_stored(path: Path) -> None:
    outputs = list(chain.from_iterable(cell.outputs for cell in cells(path, "code")))
    kinds = chain.from_iterable(output.get("data", {}) for output in outputs)
    assert [kind for kind in kinds if kind.startswith("image/")] == []
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]


@every_notebook
def test_metadata_hold_nothing_of_the_machine_that_ran_it(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(notebook.metadata["language_info"]) == {"name"}
    assert set().union(*(cell.metadata for cell in notebook.cells)) <= {"mystnb", "tags"}


@every_notebook
def test_every_figure_has_alt_text_and_a_caption(path: Path) -> None:
    for cell, told in figures(path).items():
        assert told.get("image", {}).get("alt"), f"cell {cell} shows a figure without alt text"
        assert told.get("figure", {}).get("caption"), f"cell {cell} shows a figure without a caption"


def test_no_two_figures_have_the_same_name() -> None:
    told = chain.from_iterable(figures(path).values() for path in NOTEBOOKS)
    names = [one["figure"]["name"] for one in told]
    assert names
    assert sorted(names) == sorted(set(names))


@every_notebook
def test_a_cell_fits_on_a_screen(path: Path) -> None:
    lengths = {cell.id: len(cell.source.splitlines()) for cell in cells(path, "code")}
    assert {cell: lines for cell, lines in lengths.items() if lines > LONGEST_CELL} == {}


@every_notebook
def test_no_line_of_a_cell_is_wider_than_the_page(path: Path) -> None:
    in_view = [cell.source for cell in cells(path, "code") if "plt.show()" not in cell.source]
    lines = chain.from_iterable(source.splitlines() for source in in_view)
    assert [line for line in lines if len(line) > WIDEST_LINE] == []


SEVERAL_ROWS = re.compile(r"subplots\(([2-9]|\d\d+), ")


@every_notebook
def test_titles_of_lower_panels_stand_apart_from_the_axes_above(path: Path) -> None:
    """Room between the rows is asked for, unless titles have two lines or stand above the first row alone."""
    rows = [cell.source for cell in cells(path, "code") if SEVERAL_ROWS.search(cell.source) and "title" in cell.source]
    tight = [source for source in rows if "hspace" not in source and "\\n" not in source and "axes[0]" not in source]
    assert tight == []


LONG_ENOUGH = 50  # characters: shorter lines and sentences may return on a page


@every_notebook
def test_nothing_stands_twice_on_a_page(path: Path) -> None:
    sentences = [part.strip() for part in re.split(r"\n\n|(?<=[.?!]) ", text(path))]
    lines = []
    for cell in cells(path, "code"):
        lines += [(cell.id, line) for line in cell.source.splitlines()]
    long = [sentence for sentence in sentences if len(sentence) > LONG_ENOUGH]
    assert [sentence for sentence, times in Counter(long).items() if times > 1] == []
    assert [line for (_, line), times in Counter(lines).items() if times > 1 and len(line) > LONG_ENOUGH] == []


@every_notebook
def test_the_first_cell_in_view_makes_the_run_repeatable(path: Path) -> None:
    first = next(cell.source for cell in cells(path, "code") if "remove-cell" not in cell.metadata.get("tags", []))
    for line in ("torch.manual_seed(0)", "torch.set_num_threads(1)", "plot.style()"):
        assert line in first


def only_checks(source: str) -> bool:
    """Return whether each statement is an assertion, a loop over assertions, or an assignment for one."""

    def is_check(statement: ast.stmt) -> bool:
        if isinstance(statement, ast.For):
            checks = [is_check(inner) for inner in statement.body if not isinstance(inner, ast.Assign)]
            return any(checks) and all(checks)
        called = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        return isinstance(statement, ast.Assert) or (called and "assert_close" in ast.unparse(statement))

    body = ast.parse(source).body
    return any(map(is_check, body)) and all(isinstance(one, ast.Assign) or is_check(one) for one in body)


def test_a_loop_that_only_assigns_is_no_check() -> None:
    assert only_checks("for k in range(3):\n    assert k < 3")
    assert not only_checks("for k in range(3):\n    for j in range(3):\n        found[k, j] = k + j")


@every_notebook
def test_what_only_sets_up_draws_or_checks_is_folded(path: Path) -> None:
    drawn = figures(path)
    for cell in cells(path, "code"):
        tags = cell.metadata.get("tags", [])
        if cell.id in drawn or "plot.style()" in cell.source or (only_checks(cell.source) and not cell.outputs):
            assert {"hide-input", "remove-cell"} & set(tags), f"cell {cell.id} stands open"


@every_notebook
def test_a_page_says_what_it_teaches_asks_questions_and_sets_exercises(path: Path) -> None:
    prose = text(path)
    assert "You will be able to" in prose
    assert "minutes to read" not in prose  # the build measures it
    assert prose.count("{dropdown}") >= 2
    exercises = re.findall(r"\{exercise\}.*\n:label: (\S+)", prose)
    assert exercises
    assert exercises == re.findall(r"\{solution(?:-start)?\} (\S+)", prose)


@every_notebook
def test_every_number_that_the_text_states_is_asserted_defined_or_printed_by_the_page(path: Path) -> None:
    page = numbers.held(path)
    assert not [number for number in numbers.stated(path) if not numbers.rounds_to(number, page)]


@every_notebook
def test_a_number_that_the_run_puts_into_the_text_is_stored_and_used(path: Path) -> None:
    """nbval compares what is stored. The cells that put it there do nothing else: a plain notebook lacks them."""
    put = [cell for cell in cells(path, "code") if glued_by(cell)]
    assert [cell.id for cell in put if "remove-cell" not in cell.metadata.tags] == []
    assert [cell.id for cell in cells(path, "code") if "glue(" in cell.source and cell not in put] == []
    names = list(chain.from_iterable(map(glued_by, put)))
    assert sorted(names) == sorted(numbers.used(path))
    stored = chain.from_iterable(glued_by(cell).values() for cell in put)
    assert [text for text in stored if not re.fullmatch(r"-?\d[\d,]*(\.\d+)?( %)?", text)] == []


def test_measured_numbers_come_from_the_run() -> None:
    assert len([path for path in NOTEBOOKS if numbers.used(path)]) >= 12


# Where a proof on the page holds a statement of proportion, and no single number could.
PROVED = {("learning-a-distribution", "half of")}


@every_notebook
def test_every_proportion_that_the_text_states_is_asserted_by_the_page(path: Path) -> None:
    found = numbers.asserted(path)
    for words, share in numbers.compared(path).items():
        held = any(numbers.is_near(share, one) or numbers.is_near(1 - share, one) for one in found)
        assert held or (path.stem, words) in PROVED, f"{words}: in no assertion of the page"


def test_a_number_that_nothing_holds_is_found(tmp_path: Path) -> None:
    page = nbformat.v4.new_notebook(cells=[
        nbformat.v4.new_markdown_cell("It falls to 0.48 nats, three times less, in 2,016 steps or 40 %."),
        nbformat.v4.new_code_cell("gap = 0.479\nassert gap < 0.6"),
    ])
    nbformat.write(page, tmp_path / "page.ipynb")
    stated, held = numbers.stated(tmp_path / "page.ipynb"), numbers.held(tmp_path / "page.ipynb")
    assert [number for number in stated if not numbers.rounds_to(number, held)] == ["2,016"]
    assert numbers.compared(tmp_path / "page.ipynb") == {"three times": 3, "40 %": 0.4}
    assert numbers.asserted(tmp_path / "page.ipynb") == {0.6}

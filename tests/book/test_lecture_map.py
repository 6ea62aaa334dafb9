"""Every item of the lecture has its page, its code, its proof and, where one follows from it, its task."""

import ast
import importlib
import json
import re
from itertools import chain
from pathlib import Path

import pytest
from gdm_book.lecture_map import address, load, sentence

ROOT = Path(__file__).parents[2]
PARTS = load(ROOT)
ALL_ITEMS = list(chain.from_iterable(part["items"] for part in PARTS))
ITEMS = [pytest.param(item, id=item["item"][:60]) for item in ALL_ITEMS]


def source(page: str) -> str:
    """The Markdown of a page, be it a notebook or not."""
    notebook = ROOT / "book" / f"{page}.ipynb"
    if not notebook.is_file():
        return (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("item", ITEMS)
def test_a_formula_stands_between_dollars(item):
    words = " ".join(item["item"].split("$")[::2])
    assert not re.search(r"[_^|=α-ω¹²]", words), words


@pytest.mark.parametrize("item", ITEMS)
def test_the_section_is_on_the_page(item):
    page, _, section = item["page"].partition("#")
    assert re.search(rf"^##+ {re.escape(section)}$", source(page), re.MULTILINE), item["page"]


@pytest.mark.parametrize("item", ITEMS)
def test_the_code_is_in_the_library(item):
    for name in item["library"]:
        module, *rest = name.split(".")
        found = importlib.import_module(f"gdm_lib.{module}")
        for part in rest:
            found = getattr(found, part)
        assert found.__doc__, f"{name} has no docstring"


@pytest.mark.parametrize("item", ITEMS)
def test_the_proof_is_there(item):
    if item["check"] == "the page":
        page = ROOT / "book" / f"{item['page'].partition('#')[0]}.ipynb"
        assert "assert" in page.read_text(encoding="utf-8"), f"no assertion on {page.name}"
    else:
        path, _, name = item["check"].partition("::")
        assert name in functions(ROOT / "tests" / path), item["check"]


# Every slide of the lecture that shows a picture, in its order, by a word of the item that stands for it.
PICTURES = ("softmax", "raster", "pixels", "kernel", "R, G, B", "zoo", "square", "latent", "chain", "four steps", "two")


def test_every_figure_of_the_lecture_is_in_the_map():
    listed = [item["item"] for item in ALL_ITEMS if "figure" in item]
    assert listed == [item["item"] for item in ALL_ITEMS if item["item"].startswith("Figure")]
    assert len(listed) == len(PICTURES)
    for word, item in zip(PICTURES, listed, strict=True):
        assert word in item


@pytest.mark.parametrize("item", [item for item in ITEMS if "figure" in item.values[0]])
def test_the_figure_is_on_the_page(item):
    page = ROOT / "book" / f"{item['page'].partition('#')[0]}.ipynb"
    text = page.read_text(encoding="utf-8")
    assert f":name: {item['figure']}\\n" in text or f'"name": "{item["figure"]}"' in text, item["figure"]


@pytest.mark.parametrize("item", [item for item in ITEMS if "figure" in item.values[0]])
def test_the_map_leads_to_the_figure(site, item):
    page, _, label = address(item).partition("#")
    assert f'id="{label}"' in (site / "book" / page).read_text(encoding="utf-8")


def test_a_proof_reads_as_a_sentence():
    assert sentence("test_models.py::test_the_markov_mlp_sees_exactly_d_values_back") == (
        "the Markov MLP sees exactly d values back")
    assert sentence("test_flows.py::test_composition_adds_log_dets") == "composition adds log-dets"
    assert sentence("the page") == "the page"


@pytest.mark.parametrize("item", [item for item in ITEMS if item.values[0]["task"]])
def test_the_task_is_in_an_assignment(item):
    name, _, task = item["task"].partition("/")
    assert f"def {task}(" in (ROOT / "assignments" / name / f"{name}.ipynb").read_text(encoding="utf-8")


def test_every_task_follows_from_the_lecture():
    named = {item["task"] for item in ALL_ITEMS}
    graded = set()
    for path in (ROOT / "assignments").glob("*/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            nbgrader = cell["metadata"].get("nbgrader", {})
            if nbgrader.get("solution"):
                graded.add(f"{path.stem}/{nbgrader['grade_id']}")
    assert graded <= named | BONUS


# What goes beyond the lecture.
BONUS = {"kl_losses/gaussian_kl", "log_dets/jacobi_inverse", "masks/receptive_field", "masks/in_words"}

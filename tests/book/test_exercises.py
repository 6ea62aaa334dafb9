"""The page of exercises names every exercise of the book, and every exercise has a solution."""

import json
import re
from itertools import chain, product
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
OVERVIEW = "exercises.md"


def text(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def pages() -> list[Path]:
    return [path for path in chain(BOOK.rglob("*.ipynb"), BOOK.rglob("*.md")) if path.name != OVERVIEW]


def in_all_pages(pattern: str) -> list[str]:
    return list(chain.from_iterable(re.findall(pattern, text(page)) for page in pages()))


def exercises() -> list[str]:
    return in_all_pages(r"\{exercise\}.*\n:label: (\S+)")


def test_every_exercise_is_in_the_overview_once():
    named = re.findall(r"<(ex-[\w-]+)>`", (BOOK / OVERVIEW).read_text(encoding="utf-8"))
    assert sorted(named) == sorted(exercises())


def test_every_exercise_has_a_solution():
    assert sorted(in_all_pages(r"\{solution(?:-start)?\} (\S+)")) == sorted(exercises())


EXERCISE = re.compile(r":::\{exercise\} (?P<grade>.+)\n:label: (?P<label>\S+)\n.*?\n:::\n\n(?P<next>.*)", re.DOTALL)
GRADES = ["".join(parts) for parts in product(("Easy", "Medium", "Hard"), ("", ", pencil"))]


def graded(page: Path) -> list[tuple[str, str, str]]:
    """Label, grade and what follows of each exercise of a page."""
    parts = text(page).split(":::{exercise}")[1:]
    found = [EXERCISE.match(":::{exercise}" + part) for part in parts]
    return [(match["label"], match["grade"], match["next"]) for match in found if match]


PAGES = [page for page in pages() if page.suffix == ".ipynb"]


def test_every_exercise_has_a_grade_and_the_overview_states_the_same():
    overview = (BOOK / OVERVIEW).read_text(encoding="utf-8")
    labels = []
    for page in PAGES:
        for label, grade, _ in graded(page):
            assert grade in GRADES, label
            assert f"<{label}>` ({grade.lower()}):" in overview
            labels.append(label)
    assert sorted(labels) == sorted(exercises())


def test_a_hint_comes_before_the_solution_of_all_but_easy_exercises():
    for page in PAGES:
        for label, grade, after in graded(page):
            assert after.startswith(":::{dropdown} Hint\n") == (not grade.startswith("Easy")), label


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_one_exercise_of_each_page_goes_beyond_it(page):
    assert [label for label, grade, _ in graded(page) if grade.startswith("Hard")]


def test_a_third_of_the_exercises_need_a_pencil_only():
    grades = [grade for _, grade, _ in chain.from_iterable(map(graded, PAGES))]
    assert sum(grade.endswith("pencil") for grade in grades) >= len(grades) / 3

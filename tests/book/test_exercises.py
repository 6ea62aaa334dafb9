"""The page of exercises names every exercise of the book, and every exercise has a solution."""

import json
import re
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"
OVERVIEW = "exercises.md"


def text(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def pages() -> list[Path]:
    return [path for suffix in ("ipynb", "md") for path in BOOK.rglob(f"*.{suffix}") if path.name != OVERVIEW]


def exercises() -> list[str]:
    return [label for page in pages() for label in re.findall(r"\{exercise\}\n:label: (\S+)", text(page))]


def test_every_exercise_is_in_the_overview_once():
    named = re.findall(r"<(ex-[\w-]+)>`", (BOOK / OVERVIEW).read_text(encoding="utf-8"))
    assert sorted(named) == sorted(exercises())


def test_every_exercise_has_a_solution():
    solved = [label for page in pages() for label in re.findall(r"\{solution(?:-start)?\} (\S+)", text(page))]
    assert sorted(solved) == sorted(exercises())

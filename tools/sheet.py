"""An assignment as the tests see it: cells, points, catalogue, and what an answer scores in this process."""

import contextlib
import io
import re
import tomllib
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import nbformat
import torch

from gdm_grader.course import catalogue
from gdm_grader.course.cells import is_by_hand, is_setup, label_of, task_of
from gdm_grader.course.course import Course

ROOT = Path(__file__).parents[1]
SOLUTIONS = Course.find(start=ROOT).solutions
NAMES = sorted(path.parent.name for path in SOLUTIONS.glob("*/*.ipynb"))
RULES = tomllib.loads((SOLUTIONS / "rules.toml").read_text(encoding="utf-8"))
BONUS = re.compile(r"^# \d+ bonus points?: ")
HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n.*?^### END HIDDEN TESTS\n?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Sheet:
    """The instructor's notebook of one assignment, read cell by cell."""

    name: str
    setup: str
    solutions: dict[str, str]
    tests: dict[str, str]
    points: dict[str, int]
    texts: dict[str, str]
    written: dict[str, str]
    story: str

    @classmethod
    def read(cls, name: str) -> "Sheet":
        cells = nbformat.read(SOLUTIONS / name / f"{name}.ipynb", as_version=4).cells
        code = [cell for cell in cells if cell.cell_type == "code"]
        marked = {c.metadata.nbgrader.grade_id: c for c in code if "nbgrader" in c.metadata}
        tests = {label: cell for label, cell in marked.items() if cell.metadata.nbgrader.grade}
        return cls(
            name,
            setup="\n".join(cell.source for cell in code if is_setup(cell)),
            solutions={label: c.source for label, c in marked.items() if c.metadata.nbgrader.solution},
            tests={label: cell.source for label, cell in tests.items()},
            points={label: cell.metadata.nbgrader.points for label, cell in tests.items()},
            texts={label_of(cell): cell.source for cell in cells if cell.cell_type == "markdown"},
            written={label_of(cell): cell.source for cell in cells if is_by_hand(cell)},
            story="\n".join(cell.source for label, cell in marked.items() if label.startswith("story_")),
        )

    @property
    def bonus(self) -> list[str]:
        """The test cells whose points come on top of the twenty."""
        return [label for label, test in self.tests.items() if BONUS.match(test)]

    def tests_of(self, task: str) -> list[str]:
        return [label for label in self.tests if task_of(label, self.solutions) == task]

    def visible(self, label: str) -> str:
        """The part of a test cell that students see."""
        return HIDDEN.sub("", self.tests[label])

    def space(self, *answers: str) -> dict[str, Any]:
        """The names of a notebook in which the first cell and then these answers were run."""
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()):
            for source in (self.setup, *answers):
                exec(compiled(source), names)
        return names

    def lost(self, task: str, answer: str, seed: int = 0, visible_only: bool = False) -> dict[str, str]:
        """The task's test cells in which an answer loses its points, with what each says."""
        return self.lost_in(self.space(answer), task, seed, visible_only)

    def lost_in(self, names: dict[str, Any], task: str, seed: int = 0, visible_only: bool = False) -> dict[str, str]:
        """The same for a notebook whose answers were run already."""
        torch.manual_seed(seed)
        cells = {label: self.visible(label) if visible_only else self.tests[label] for label in self.tests_of(task)}
        lost = {}
        for label, cell in cells.items():
            error = _raised(cell, names)
            if error is not None:
                lost[label] = f"{type(error).__name__}: {error}"
        return lost


def _raised(test: str, names: dict[str, Any]) -> Exception | None:
    """Return what a test cell raises; None if it passes."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compiled(test), names)
        except Exception as error:
            return error
    return None


@cache
def compiled(source: str) -> CodeType:
    """Test cells run thousands of times; each is compiled once."""
    return compile(source, "<cell>", "exec")


@cache
def read_sheet(name: str) -> Sheet:
    return Sheet.read(name)


@cache
def read_answers(name: str) -> dict[str, list[catalogue.Answer]]:
    return catalogue.load(SOLUTIONS / name / "catalogue")


def is_page(page: str) -> bool:
    """A page of the book."""
    return any((ROOT / "book" / f"{page}{suffix}").is_file() for suffix in (".md", ".ipynb"))

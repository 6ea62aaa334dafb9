"""From a page to its tasks and back: every task is offered by the pages that explain it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from gdm_book.tasks import Task, elsewhere, load  # noqa: E402  (the extension lives beside the book)

ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/*.ipynb"))
TASKS = []
for name in ASSIGNMENTS:
    TASKS += [pytest.param(task, id=f"{task.assignment}-{task.name}") for task in load(ROOT, name)]


def boxes(page: str) -> str:
    """The arguments of the boxes of a page."""
    return " ".join(re.findall(r":::\{now-you\} ([\w/ ]+)", (ROOT / f"{page}.ipynb").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_tasks_give_twenty_points_and_a_bonus(name: str) -> None:
    points = [task.points for task in load(ROOT, name) if task.label != "Bonus"]
    assert sum(points) == 20
    assert len(points) + 1 == len(load(ROOT, name))


@pytest.mark.parametrize("task", TASKS)
def test_each_page_that_explains_a_task_leads_to_it(task: Task) -> None:
    assert task.pages
    for _, page in task.pages:
        assert f"{task.assignment}/{task.name}" in boxes(page).split()


@pytest.mark.parametrize("task", TASKS)
def test_the_built_page_leads_there_and_back(task: Task, site: Path) -> None:
    students = (site / "book" / "students.html").read_text(encoding="utf-8")
    assert f'id="{task.anchor}"' in students
    for _, page in task.pages:
        assert f'students.html#{task.anchor}"' in (site / f"{page}.html").read_text(encoding="utf-8")
        assert f'href="{page.removeprefix("book/")}.html"' in students


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_notebook_can_be_downloaded_from_the_built_book(name: str, site: Path) -> None:
    students = (site / "book" / "students.html").read_text(encoding="utf-8")
    (link,) = re.findall(rf'href="\.\./(_downloads/\w+/{name}\.ipynb)"', students)
    assert (site / link).read_bytes() == (ROOT / "assignments" / name / f"{name}.ipynb").read_bytes()


def test_elsewhere_is_where_the_configuration_says() -> None:
    options = {
        "repository_url": "https://github.com/a/b",
        "repository_branch": "main",
        "launch_buttons": {"binderhub_url": "https://binder.example", "colab_url": "https://colab.example"},
    }
    assert elsewhere(options, "x.ipynb") == {
        "Binder": "https://binder.example/v2/gh/a/b/main?urlpath=lab/tree/x.ipynb",
        "Colab": "https://colab.example/github/a/b/blob/main/x.ipynb",
    }
    assert elsewhere({}, "x.ipynb") == {}

"""For every test: one thread and a fixed seed, so that a run repeats to the last digit."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gdm_grader.course.course import Course

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("MPLBACKEND", "agg")


HERE = Path(__file__).parent
SOLUTIONS = Course.find(start=HERE).solutions
# Folders that are about the solutions; without these they are left out, and the header of the run says so.
ABOUT_SOLUTIONS = [] if any(SOLUTIONS.glob("*/*.ipynb")) else ["assignments", "mutation", "referee"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if collection_path in [HERE / name for name in ABOUT_SOLUTIONS] else None


def pytest_report_header() -> str | None:
    left_out = ", ".join(f"tests/{name}" for name in ABOUT_SOLUTIONS)
    return f"left out, since there are no solutions in {SOLUTIONS}: {left_out}" if left_out else None


@pytest.fixture(autouse=True)
def _seeded() -> None:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests of a process: a second one would need Playwright's other interface."""
    from tools.browser.visit import chromium

    with chromium() as browser:
        yield browser

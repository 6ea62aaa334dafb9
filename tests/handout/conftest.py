"""The course, and what nobody may find in what it hands out."""

from pathlib import Path

import pytest

from gdm_grader.authoring.leaks import secrets
from gdm_grader.course.course import Course

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def course():
    return Course.find(start=ROOT)


@pytest.fixture(scope="session")
def solutions(course):
    """The instructor's folder; what is about it is skipped where it is not."""
    if not any(course.solutions.glob("*/*.ipynb")):
        pytest.skip(f"there are no solutions in {course.solutions}")
    return course.solutions


@pytest.fixture(scope="session")
def secret(course, solutions):
    return secrets(course)

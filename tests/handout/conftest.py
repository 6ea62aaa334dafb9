"""The course, and what nobody may find in what it hands out."""

from pathlib import Path

import pytest

from gdm_grader.course import Course
from gdm_grader.secrets import secrets

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def course():
    return Course.find(start=ROOT)


@pytest.fixture(scope="session")
def secret(course):
    return secrets(course)

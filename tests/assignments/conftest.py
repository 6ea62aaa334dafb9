"""The things that tests of assignments ask for: an assignment's sheet and its catalogue, by name."""

import pytest
import torch

from gdm_grader.course.course import Course
from tools.sheet import NAMES, ROOT, RULES, read_answers, read_sheet


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Many small tensors: threads would only wait for each other."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def course():
    return Course.find(start=ROOT)


@pytest.fixture
def sheet(name):
    return read_sheet(name)


@pytest.fixture
def rights(name, task):
    return [answer for answer in read_answers(name)[task] if answer.kind == "right"]


@pytest.fixture
def wrongs(name, task):
    return [answer for answer in read_answers(name)[task] if answer.kind == "wrong"]


def pytest_generate_tests(metafunc):
    """One test an assignment (`name`), or a graded function of it (`task`).

    What is marked `ours` is a rule of this course, and asked of the sheets that solutions/rules.toml names.
    """
    names = NAMES
    if metafunc.definition.get_closest_marker("ours"):
        names = [name for name in NAMES if name in RULES["sheets"]]
    if "task" in metafunc.fixturenames:
        cases = []
        for name in names:
            cases += [pytest.param(name, task, id=f"{name}: {task}") for task in read_answers(name)]
        metafunc.parametrize(["name", "task"], cases)
    elif "name" in metafunc.fixturenames:
        metafunc.parametrize("name", names)

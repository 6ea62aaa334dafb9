"""What tests of assignments ask for: an assignment's sheet and its catalogue, by name."""

import pytest
import torch

from gdm_grader.course import Course
from tests.assignments.sheet import NAMES, ROOT, read_answers, read_sheet


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
def answers(name):
    return read_answers(name)


def pytest_generate_tests(metafunc):
    """One test an assignment (`name`), a graded function of it (`task`), or an answer (`right`, `wrong`)."""
    asked = [kind for kind in ("name", "right", "wrong", "task") if kind in metafunc.fixturenames]
    if asked:
        cases = [pytest.param(*(case[kind] for kind in asked), id=case["id"], marks=_together(name))
                 for name in NAMES for case in _cases(name, asked[-1])]
        metafunc.parametrize(asked, cases)


def _cases(name, kind):
    if kind == "name":
        return [{"name": name, "id": name}]
    if kind == "task":
        return [{"name": name, "task": task, "id": f"{name}: {task}"} for task in read_answers(name)]
    every = [answer for given in read_answers(name).values() for answer in given if answer.kind == kind]
    return [{"name": name, kind: answer, "id": f"{name}: {answer.task}: {answer.name}"} for answer in every]


def _together(name):
    """With --dist loadgroup one process runs all tests of an assignment, and grades its class once."""
    return pytest.mark.xdist_group(name)

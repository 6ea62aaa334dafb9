"""One fork server for all tests of the sandbox; a fresh kernel for each."""

from pathlib import Path

import pytest

from gdm_grader.course.course import Course
from gdm_grader.grading.profile import profile
from gdm_grader.sandbox.host.forkserver import ForkServer
from gdm_grader.sandbox.host.kernels import Kernels
from gdm_grader.sandbox.host.probe import probe
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import MB, Limits
from tests.attacks.world import World

ROOT = Path(__file__).parents[2]
LIMITS = Limits(memory=400 * MB, processes=24, disk=16 * MB, files=400, open_files=128, output=200_000, notebook=60,
                grace=0.4)
LEVELS = [Isolation.NAMESPACES, Isolation.LANDLOCK]


@pytest.fixture(scope="session")
def fork_server():
    with ForkServer(profile(Course.find(start=ROOT))) as fork_server:
        yield fork_server


@pytest.fixture(scope="session")
def kernels_on(fork_server):
    """Kernels on a level of isolation, all from the one fork server."""
    def on(isolation: Isolation) -> Kernels:
        kernels = Kernels(LIMITS, isolation)
        kernels.fork_server = fork_server
        return kernels
    return on


@pytest.fixture(params=LEVELS, ids=lambda isolation: isolation.name.lower())
def kernels(request, kernels_on):
    """On each level that holds what it promises."""
    return kernels_on(request.param)


@pytest.fixture(scope="session")
def report():
    return probe()


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"), LIMITS.disk)
    yield world
    world.close()

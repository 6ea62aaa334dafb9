"""One warm process for all tests of the sandbox; a fresh kernel for each."""

import pytest

from gdm_grader.sandbox import Kernels, Limits, Rung, probe
from gdm_grader.sandbox.limits import MB
from gdm_grader.sandbox.warm_process import WarmProcess
from tests.attacks.world import World

LIMITS = Limits(memory=400 * MB, processes=24, disk=16 * MB, files=400, open_files=128, output=200_000, notebook=60,
                grace=0.4)
RUNGS = [Rung.NAMESPACES, Rung.LANDLOCK]


@pytest.fixture(scope="session")
def warm():
    with WarmProcess() as warm:
        yield warm


@pytest.fixture(scope="session")
def kernels_on(warm):
    """Kernels on a rung, all from the one warm process."""
    def on(rung: Rung) -> Kernels:
        kernels = Kernels(LIMITS, rung)
        kernels.warm = warm
        return kernels
    return on


@pytest.fixture(params=RUNGS, ids=lambda rung: rung.name.lower())
def kernels(request, kernels_on):
    """On each rung that holds what it promises."""
    return kernels_on(request.param)


@pytest.fixture(scope="session")
def report():
    return probe()


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("world"), LIMITS.disk)
    yield world
    world.close()

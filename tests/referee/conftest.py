"""One warm process for all tests of the referee, and a notebook's kernel to ask."""

import pytest

from gdm_grader.referee.session import Session
from gdm_grader.referee.wire import frame, size_of
from gdm_grader.sandbox import Kernels, Limits
from gdm_grader.sandbox.limits import MB

SERVE = "__import__('gdm_grader.referee.agent', fromlist=['serve']).serve()"


@pytest.fixture(scope="session")
def kernels():
    with Kernels(Limits(memory=600 * MB, grace=0.4)) as kernels:
        yield kernels


@pytest.fixture
def student(kernels):
    """Run a student's cell and return the names that it defines, as the tests see them."""
    with kernels.start() as kernel:
        talks = []

        def run(source: str, *names: str):
            outcome = kernel.execute("import torch\n" + source, timeout=10)
            assert outcome.ok, outcome.says
            talk = kernel.converse(SERVE, size_of)
            talks.append(talk)
            found = Session(lambda data: talk.ask(data, 5)).look(list(names))
            return found[names[0]] if len(names) == 1 else tuple(found[name] for name in names)

        yield run
        for talk in talks:
            assert talk.end(frame({"op": "end"}, []))

"""The attacks on the sandbox once more, from within a test cell that runs inside: in a fork of a copy of a kernel."""

import time

import pytest

from gdm_grader.sandbox.forkserver.watchdog import PAUSE
from gdm_grader.sandbox.isolation import Isolation
from tests.attacks.world import SECRET, attacks, source, text_of

from .test_escape import environment_is_clean, next_kernel
from .test_exhaust import SLOW, children_of, next_cell

COPIES = "__import__('importlib').import_module('gdm_grader.referee.kernel.copies')"
# A fork prints nowhere: what the attack printed comes out as the words of an error.
RUN = """import sys
try:
    exec(compile({text!r}, "<attack>", "exec"), globals())
finally:
    raise AssertionError(sys.stdout.getvalue())
"""
PATIENCE = 5.0  # seconds for the copy to fork and to answer
CASES = []
for kind in ("escape", "exhaust"):
    CASES += [pytest.param(kind, name, id=f"{kind}-{name}") for name in attacks(kind)]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_an_attack_inside_reaches_nothing_and_costs_its_own_cell(kind, name, kernels_on, world, record_property):
    record_property("inside", True)
    kernels = kernels_on(Isolation.NAMESPACES)
    seconds = SLOW.get(name, 2.0) if kind == "exhaust" else 10.0
    request = {"source": RUN.format(text=source(kind, name)), "before": [], "seconds": seconds, "token": "t"}
    with kernels.start(world.tools()) as kernel:
        assert kernel.execute(f"{COPIES}.fork_copy(1)").ok
        outcome = kernel.execute(f"print({COPIES}.ask(1, {request!r}))", seconds + PATIENCE)
        time.sleep(5 * PAUSE)
        assert "42" in text_of(next_cell(kernel))
    shown = text_of(outcome)
    assert "ESCAPED" not in shown
    assert SECRET not in shown.replace(f"{SECRET}'", "")
    assert world.harm() == []
    assert children_of(kernels.fork_server.pid) == []
    assert environment_is_clean()
    assert next_kernel(kernels, world) == "42 False False"

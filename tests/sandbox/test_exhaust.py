"""A student's code uses up memory, processes, disk, output and time, on purpose or by mistake."""

import os
import resource
import time
from pathlib import Path

import pytest

from gdm_grader.sandbox.forkserver.watchdog import PAUSE
from tests.attacks.world import attacks, expected, source, text_of

from .conftest import LIMITS

TIMEOUT = 1.0
SLOW = {"memory_one": 10.0, "memory_by_forks": 15.0, "memory_hidden": 15.0, "memory_shared": 10.0,
        "output_gigabyte": 10.0, "message_400_megabytes": 10.0, "many_files": 10.0, "fill_disk_in_pieces": 5.0,
        "recursion_into_the_stack": 10.0, "recursion": 10.0, "deep_folders": 10.0, "socket_buffers": 10.0}
GRADER_GROWTH = 150 << 20
BUSY = 120.0  # seconds that a busy machine adds; what is not bounded never ends


@pytest.mark.parametrize("name", attacks("exhaust"))
def test_an_attack_costs_its_own_cell(name, kernels, world):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    timeout = SLOW.get(name, TIMEOUT)
    with kernels.start(world.tools()) as kernel:
        started = time.monotonic()
        outcome = kernel.execute(source("exhaust", name), timeout)
        assert time.monotonic() - started < timeout + LIMITS.grace + BUSY
        assert outcome.status in expected(name), outcome.says
        assert (outcome.status == "ok") == (not outcome.says)
        assert "ESCAPED" not in text_of(outcome)
        assert sum(len(str(output)) for output in outcome.outputs) < 2 * LIMITS.output
        assert "42" in text_of(next_cell(kernel))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert grown < GRADER_GROWTH >> 10
    assert world.harm() == []
    assert children_of(kernels.fork_server.pid) == []


def next_cell(kernel):
    """A right cell after the attack; where that ended the kernel, at once or some looks later, in a new one."""
    time.sleep(5 * PAUSE)
    for timeout in (1.5, 10):
        if kernel.execute("6 * 7", timeout).lost:
            kernel.restart()
    return kernel.execute("6 * 7", timeout=10)


def children_of(pid: int) -> list[str]:
    """Commands of the processes that a fork server still has, dead ones not yet buried among them."""
    deadline = time.monotonic() + 5
    while (found := [stat for stat in _stats() if stat[1] == str(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [stat[0] for stat in found]


def _stats() -> list[tuple[str, str]]:
    """State and parent of every process."""
    stats = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        stats.append((fields[0], fields[1]))
    return stats

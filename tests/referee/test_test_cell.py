"""A test cell as it is run in the grader's process."""

import subprocess
import sys
from threading import Thread

import pytest

from gdm_grader.referee.host import test_cell


def run(source: str, seconds: float = 10.0) -> test_cell.Verdict:
    return test_cell.run("test_cell", source, 2.0, {}, 0, seconds)


def test_a_cell_that_never_ends_is_stopped_and_the_next_one_runs():
    assert isinstance(run("while True: pass", 0.1).error, test_cell.OutOfTime)
    assert run("sum(range(1_000_000)) > 0").score == 2.0


def test_each_thread_has_a_time_of_its_own():
    stopped = []
    other = Thread(target=lambda: stopped.append(run("while True: pass", 0.3).error))
    other.start()
    patient = run("import time\nfor _ in range(60): time.sleep(0.01)")
    other.join()
    assert patient.score == 2.0
    assert isinstance(stopped[0], test_cell.OutOfTime)


@pytest.mark.parametrize("cell", [
    pytest.param("", id="in time", marks=pytest.mark.slow), pytest.param("while True: pass", id="interrupted"),
    pytest.param("try:\n    while True: pass\nexcept BaseException: pass", id="caught", marks=pytest.mark.slow),
    pytest.param("import time\ntime.sleep(0.5)", id="too late to interrupt")])
def test_a_program_that_is_traced_goes_on_after_a_cell(cell):
    program = f"""
import sys
from tests.referee.test_test_cell import run
run({cell!r}, 0.1)
sys.settrace(lambda *_: None)
print((lambda: "done")())
"""
    done = subprocess.run([sys.executable, "-c", program], text=True, capture_output=True, timeout=120)
    assert done.stdout == "done\n"

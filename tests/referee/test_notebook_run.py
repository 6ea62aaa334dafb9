"""A cell or a function that harms its kernel costs its own points, and little time."""

import gc
import os
import signal

import pytest

from gdm_grader.grading import grade
from gdm_grader.referee.notebook.kernel_run import Times
from gdm_grader.referee.notebook.notebook_run import NotebookRun
from gdm_grader.sandbox.host.kernels import Kernel

from .conftest import assignment_of, course_of, notebook, points_of

CAUSAL = {"test_causal_mask_past", "test_causal_mask_future", "test_causal_mask_center"}
HANGS = "def causal_mask(kernel_size, kind):\n    while True: pass"
STUBBORN = "import signal\ndef causal_mask(kernel_size, kind):\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n" \
           "    while True: pass"
ENDS = "import os\ndef causal_mask(kernel_size, kind): os._exit(0)"
TRICKLES = """import os, sys, time
def causal_mask(kernel_size, kind):
    wire = sys.modules["gdm_grader.referee.kernel.server"]._server.descriptor
    os.write(wire, b"\\0\\1\\0\\0\\0\\0\\0\\0{")
    while True:
        os.write(wire, b" ")
        time.sleep(0.005)"""
SEGFAULT = "import ctypes\ndef causal_mask(kernel_size, kind): ctypes.string_at(0)"


def test_what_a_notebook_opened_is_closed_and_what_it_made_is_forgotten(masks):
    """A class of a thousand would end at the limit of open files, and hold every notebook in memory."""
    masks()
    gc.collect()
    files, runs = len(os.listdir("/proc/self/fd")), living(NotebookRun)
    gc.disable()  # files are closed at once, not when some day the collector comes by
    try:
        for _ in range(3):
            masks()
        assert len(os.listdir("/proc/self/fd")) <= files
    finally:
        gc.enable()
    gc.collect()
    assert living(NotebookRun) <= runs


def living(kind):
    """Count the objects of this class."""
    return sum(type(found) is kind for found in gc.get_objects())


@pytest.mark.parametrize(("source", "says"), [
    (HANGS, "ran out of time"), (TRICKLES, "your function ran out of time"), (STUBBORN, "could not be interrupted"),
    (ENDS, "ended (exit status 0)"), (SEGFAULT, "ended (signal 11)"),
    ("def causal_mask(kernel_size, kind): raise SystemExit(3)", "3"),
    ("import os, signal\ndef causal_mask(*a): os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
])
def test_a_function_that_ends_or_hangs_its_kernel_loses_its_own_tests(masks, source, says):
    result = masks(causal_mask=source)
    assert result.lost("masks") == CAUSAL
    assert any(says in result.says(label) for label in CAUSAL)


@pytest.mark.parametrize("source", ["while True: pass", "import os; os._exit(1)", "raise RuntimeError('old trial')",
                                    "this is no Python", "import time; time.sleep(1000)"])
def test_a_cell_that_fails_costs_only_what_it_does_not_define(masks, source):
    assert masks(causal_mask=source).lost("masks") == CAUSAL


def test_honest_work_needs_one_kernel(masks, monkeypatch):
    """A locked cell of helpers is run on the tests' side as well, and has time to ask for what the notebook defines."""
    started = []
    monkeypatch.setattr(Kernel, "restart", lambda self: started.append(self))
    assert masks().lost("masks") == set()
    assert started == []


def test_the_test_says_that_the_name_is_missing_and_what_became_of_its_cell(masks):
    says = masks(causal_mask="raise RuntimeError('old trial')").says("test_causal_mask_past")
    assert "'causal_mask' is not defined" in says
    assert "RuntimeError: old trial" in says


def test_what_was_good_before_is_there_after_a_restart(masks):
    result = masks("import os; os._exit(1)", "base = 3", "import os; os._exit(1)", first=True,
                   causal_mask="def causal_mask(k, kind):\n    return torch.arange(k) < k // base + (kind == 'B')\n"
                               "base = base - 1")
    assert result.lost("masks") == set()


def test_a_kernel_that_always_ends_is_given_up(masks):
    result = masks(*["import os; os._exit(1)"] * 9, first=True)
    assert sum(result.scores.values()) == 0
    assert any("nothing more was run" in remark for remark in result.remarks)


def test_what_ends_python_only_later_keeps_the_earlier_points(masks):
    source = assignment_of("masks").solutions["causal_mask"]
    result = masks(causal_mask=source + "\nhonest, n = causal_mask, 0\ndef causal_mask(k, kind):\n    global n\n"
                                        "    n += 1\n    if n == 30: __import__('os')._exit(0)\n"
                                        "    return honest(k, kind)")
    assert "test_causal_mask_past" not in result.lost("masks")
    assert result.lost("masks") < CAUSAL


def test_grading_again_gives_the_same_outputs_and_another_seed_other_inputs(masks):
    source = "def causal_mask(k, kind):\n    return torch.rand(k) + k"
    first, again, other = (masks(causal_mask=source, seed=seed) for seed in (1, 1, 2))
    assert [cell.get("outputs") for cell in first.nb.cells] == [cell.get("outputs") for cell in again.nb.cells]
    sizes = {str(result.nb.cells) for result in (first, other)}
    assert len(sizes) == 2


def test_the_end_of_the_warm_process_costs_nobody_anything(kernels, tmp_path, monkeypatch):
    from gdm_grader.referee.notebook import notebook_run

    run, killed = notebook_run.NotebookRun._test, []

    def run_and_kill(self, cell):
        if not killed:
            killed.append(kernels.fork_server.pid)
            os.kill(kernels.fork_server.pid, signal.SIGKILL)
        run(self, cell)

    monkeypatch.setattr(notebook_run.NotebookRun, "_test", run_and_kill)
    monkeypatch.setattr(grade, "shared_kernels", lambda *_: kernels)
    monkeypatch.setattr(grade, "read_submission", lambda *_: notebook("masks"))
    monkeypatch.setattr(grade, "kernel_files", lambda _: {})
    monkeypatch.setattr(grade, "submission_key", lambda *_: 7)
    monkeypatch.setattr(grade, "time_limits", lambda _: Times(20, 5))
    graded = grade.grade("someone", course_of(), "masks")
    assert graded.fault is None
    assert (killed != [], graded.broken) == (True, None)
    assert graded.scores == points_of("masks") | {"in_words": 0}  # which nobody answered


def test_prints_of_a_tested_function_do_not_show_what_it_was_asked(masks):
    result = masks(causal_mask="def causal_mask(k, kind):\n    print('asked', k)\n"
                               "    return torch.arange(k) < k // 2 + (kind == 'B')")
    assert result.lost("masks") == set()
    assert "asked" not in str([cell.get("outputs") for cell in result.nb.cells])


@pytest.mark.parametrize("source", [
    "from gdm_lib.masks import causal_mask",
    "import gdm_lib.masks as m\ndef causal_mask(k, kind): return m.causal_mask(k, kind)",
    "from gdm_lib import masks\ntable = {(k, kind): masks.causal_mask(k, kind) for k in range(99) for kind in 'AB'}\n"
    "def causal_mask(k, kind): return table[k, kind]",
    "def causal_mask(k, kind): return __import__('gdm_lib.masks').masks.causal_mask(k, kind)",
    "from gdm_lib.masks import raster_mask\ndef causal_mask(k, kind): return raster_mask(k, kind)[0, 0, k // 2]",
])
def test_the_librarys_own_answer_is_refused(masks, source):
    result = masks(causal_mask=source)
    assert result.lost("masks") == CAUSAL
    if "__import__" not in source:
        assert any("the library's own answer" in remark for remark in result.remarks)
    assert "write it yourself" in result.says("test_causal_mask_past") + str(result.nb.cells)

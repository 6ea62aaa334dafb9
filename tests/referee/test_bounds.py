"""Grading holds a bounded amount of each student: a worker's memory, the calls that are kept, outputs and remarks."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gdm_grader.errors import ClassError
from gdm_grader.grading import profile
from gdm_grader.referee.host import calls
from gdm_grader.referee.host.calls import Recorder
from gdm_grader.referee.notebook import kernel_run

from .conftest import course_of

KB = 1_000
# A result of no bytes, from a call of a hundred, of which a test would make 16 GB: zeros(2**31, 0).sum(1).
IN_A_WORKER = """
import resource, torch
from gdm_grader.grading import workers
workers.limit_worker()
print(*resource.getrlimit(resource.RLIMIT_NOFILE), *resource.getrlimit(resource.RLIMIT_CORE))
try:
    torch.zeros(2**31, 0, dtype=torch.float64).sum(1)
except (RuntimeError, MemoryError) as error:
    print("refused")
print(len(torch.zeros(2**20)))
"""


def test_a_worker_refuses_memory_beyond_its_limit_and_goes_on():
    done = subprocess.run([sys.executable, "-c", IN_A_WORKER], capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["1024", "1024", "0", "0", "refused", str(2**20)], done.stderr


@pytest.mark.parametrize(("calls_at_most", "bytes_at_most"), [(5, 1 << 30), (1_000, 100 * KB)])
def test_the_recorder_forgets_what_is_too_much(monkeypatch, calls_at_most, bytes_at_most):
    monkeypatch.setattr(calls, "MAX_CALLS", calls_at_most)
    monkeypatch.setattr(calls, "MAX_KEPT_BYTES", bytes_at_most)
    recorder = Recorder()
    kept = recorder.begin()
    for _ in range(50):
        recorder.observed("answer", lambda x: x + 1, (torch.zeros(1_000),), {})
    assert 0 < len(kept) <= calls_at_most
    assert calls.held_bytes([(call.given, call.left, call.result) for call in kept]) <= bytes_at_most
    recorder.begin()
    recorder.observed("answer", lambda x: x + 1, (torch.zeros(1),), {})
    assert len(recorder.calls) == 1  # a cell has its own share


def test_outputs_and_remarks_of_a_notebook_are_bounded_however_many_its_cells(monkeypatch, masks):
    monkeypatch.setattr(kernel_run, "MAX_OUTPUT_BYTES", 60 * KB)
    monkeypatch.setattr(kernel_run, "MIN_OUTPUT_BYTES", 1 * KB)
    monkeypatch.setattr(kernel_run, "MAX_REMARKS", 3)
    result = masks(*["print('x' * 25_000)"] * 8, first=True)
    shown = sum(len(str(cell.get("outputs", ""))) for cell in result.nb.cells[:8])
    assert 50 * KB < shown < 110 * KB
    assert len(result.remarks) <= 3


@pytest.mark.parametrize("exposed", ["classroom", "home"])
def test_a_class_or_a_home_that_students_code_can_read_is_refused(monkeypatch, tmp_path, exposed):
    monkeypatch.setattr(profile.allowlist, "read_only", lambda packages: [str(tmp_path)])
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "ann" if exposed == "home" else Path("/nowhere"))
    course = replace(course_of(), classroom=tmp_path / "class") if exposed == "classroom" else course_of()
    with pytest.raises(ClassError, match=r"Expected the (class|home) outside of what students' code may read"):
        profile.refuse_exposed(course)


@pytest.mark.parametrize("closed", [".", "deep", "deep/layers.py"])
def test_what_notebooks_import_and_the_students_user_cannot_read_is_named_before_anybody_is_graded(
        monkeypatch, tmp_path, closed):
    """As a umask of 027 leaves it: every answer would fail, the instructor's own first, for want of torch."""
    package = tmp_path / "some_library"
    (package / "deep").mkdir(parents=True)
    (package / "deep" / "layers.py").touch()
    monkeypatch.setattr(profile.allowlist, "folder_of", lambda name: str(package))
    monkeypatch.setattr(profile.os, "geteuid", lambda: 0)
    profile.refuse_closed(course_of())
    (package / closed).chmod(0o700)
    with pytest.raises(ClassError, match=r"Expected that everybody may read .* is closed: .*chmod -R a\+rX"):
        profile.refuse_closed(course_of())
    monkeypatch.setattr(profile.os, "geteuid", lambda: 1000)  # whose kernels run as this user
    profile.refuse_closed(course_of())

"""A worker whose test computes for ever, or crashes, ends, whatever it computes; that test alone is lost."""

import multiprocessing

import nbformat
import pytest

from gdm_grader.authoring import demo
from gdm_grader.course.cells import label_of
from gdm_grader.records import results
from gdm_grader.referee.host import test_cell
from gdm_grader.sandbox.host.wall import note_begin, wall


def computes_without_end():
    with wall(0.5):
        sum(range(10**15))  # one step of Python: no thread and no handler of a signal runs before its end


def test_a_computation_that_python_cannot_interrupt_ends_with_its_worker():
    worker = multiprocessing.get_context("fork").Process(target=computes_without_end)
    worker.start()
    worker.join(60)
    ended = worker.exitcode
    worker.kill()
    assert ended == 1


def test_what_is_done_in_time_goes_on():
    with wall(60):
        total = sum(range(10))
    assert total == 45


def ends_below_python(source, note):
    """Run a test cell in a process of its own, as a worker does, and return what its note says."""
    def work():
        note_begin(note)
        with wall(60, note):
            test_cell.run("test_of_it", source, 1, {}, 1, 0.1)

    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join(60)
    assert worker.exitcode
    return note_begin(note)


@pytest.mark.parametrize("source", ["sum(range(10**15))", "import ctypes; ctypes.string_at(0)"])
def test_a_note_says_in_which_test_a_process_ended(source, tmp_path, monkeypatch):
    monkeypatch.setattr(test_cell, "TEST_GRACE_SECONDS", 0.3)
    assert ends_below_python(source, tmp_path / "notes" / "ann.note") == (1, {"test_of_it"})


def test_a_test_that_ends_its_process_costs_its_own_points(course, hand_in, gdm):
    """Her number is an address at which the test looks."""
    nb = nbformat.read(course.source("tiny"), as_version=4)
    for cell in nb.cells:
        if label_of(cell) == "test_double_zero":
            cell.source = "import ctypes\nassert double(0) == 0 or ctypes.string_at(double(0))"
    nbformat.write(nb, course.source("tiny"))
    assert gdm(course, "release", "tiny")[0] == 0
    hand_in("ann", double=0, total=0)
    folder = course.submitted / "zed" / "tiny"
    folder.mkdir(parents=True)
    release = nbformat.read(course.release("tiny"), as_version=4)
    answers = {"double": "def double(x):\n    return x + x if x else 8", "total": "def total(values):\n"
               "    return sum(values)"}
    nbformat.write(demo.filled(release, answers), folder / "tiny.ipynb")
    code, said = gdm(course, "grade", "tiny")
    assert code == 0, said
    graded = results.load(course, "tiny")
    assert sum(graded["ann"].scores.values()) == 6
    assert graded["zed"].scores == {"test_double_values": 2, "test_double_zero": 0, "test_total_values": 3}
    assert any("test_double_zero ended a process" in remark for remark in graded["zed"].remarks)
    assert not results.note(course, "tiny", "zed").exists()

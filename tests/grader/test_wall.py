"""A worker whose test computes for ever ends, whatever it computes."""

import multiprocessing

from gdm_grader.grading.grade import wall


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

"""A test cell as it is run in the grader's process."""

from threading import Thread

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

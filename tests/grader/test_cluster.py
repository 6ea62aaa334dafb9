"""Grading on a real Dask cluster of worker processes on this machine."""

import os
import signal
import time
from contextlib import closing

import dask
import pytest
from distributed import LocalCluster
from rich.console import Console

from gdm_grader.errors import GraderError
from gdm_grader.grading import cohort
from gdm_grader.grading.cluster import Cluster
from gdm_grader.grading.workers import each
from gdm_grader.records.audit import audit
from gdm_grader.records.points import class_points


@pytest.fixture(scope="module")
def address():
    with (dask.config.set({"distributed.scheduler.allowed-failures": 1}),
          LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster):
        yield cluster.scheduler_address


@pytest.mark.slow
def test_a_class_is_graded_on_the_cluster_and_a_deadly_submission_costs_itself(
        course, small_class, hand_in, grade_class, address):
    hand_in("deadly-mallory", double=0, total=0)
    assert len(grade_class(dask=address)) == 5
    points = class_points(course, "tiny").students
    assert {student: sum(own.values()) for student, own in points.items()} == small_class | {
        "deadly-mallory": 0}
    assert audit(course, "tiny").wrong == []


@pytest.mark.slow
def test_a_notebook_is_really_run_on_a_worker(course, hand_in, address, monkeypatch):
    monkeypatch.setattr(cohort, "write_feedback", lambda *_: None)
    hand_in("ann", double=0, total=1)
    cohort.grade_class(course, "tiny", ["ann"], 1, Console(quiet=True), address)
    assert class_points(course, "tiny").students == {"ann": {"double": 3, "total": 0}}


def slow_double(item):
    time.sleep(0.3)
    return 2 * int(item), os.getpid()


@pytest.mark.slow
def test_a_worker_that_is_killed_from_outside_loses_nothing(address):
    with closing(Cluster(address, [])) as cluster:
        outcomes = {}
        for item, outcome in each(slow_double, map(str, range(12)), cluster):
            outcomes[item] = outcome
            if len(outcomes) == 2:
                os.kill(outcome[1], signal.SIGKILL)
    assert {item: outcome[0] for item, outcome in outcomes.items()} == {str(n): 2 * n for n in range(12)}


def test_workers_that_do_not_see_the_class_are_refused(address, tmp_path):
    with pytest.raises(GraderError, match=r"expected to see .*/nowhere; share the folder"):
        Cluster(address, [tmp_path / "nowhere"])


def test_workers_with_several_threads_are_refused():
    with (LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None) as cluster,
          pytest.raises(GraderError, match="--nthreads 1")):
        Cluster(cluster.scheduler_address, [])


def test_an_address_where_no_scheduler_is_is_said_so(monkeypatch):
    monkeypatch.setattr("gdm_grader.grading.cluster.FIRST_WORKER_SECONDS", 1)
    with pytest.raises(GraderError, match=r"Expected a Dask scheduler with workers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9", [])

"""A run that is cut short loses nothing: the class is graded to its end, or goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from gdm_grader.authoring import demo
from gdm_grader.records import results
from gdm_grader.records.points import class_points

pytestmark = pytest.mark.slow
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
RIGHT = {"double": "def double(x):\n    import time; time.sleep(0.05)\n    return x + x",
         "total": "def total(values):\n    return sum(values)"}
STUDENTS = [f"student-{number}" for number in range(6)]
# Real kernels, but no feedback: writing it takes longer than all the rest.
GDM = ("from gdm_grader import cli; from gdm_grader.grading import cohort; "
       "cohort.write_feedback = lambda *_: True; cli.app()")


@pytest.fixture
def handed_in(course):
    release = nbformat.read(course.release("tiny"), as_version=4)
    for student in STUDENTS:
        path = course.submitted / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(demo.filled(release, RIGHT), path)
    return course


def grade(course):
    return subprocess.Popen([sys.executable, "-c", GDM, "grade", "tiny"], cwd=course.root, start_new_session=True,
                            env=os.environ | {"PYTHONPATH": ROOT}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True)


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.02)
    return found


def below(process, word):
    """Its running descendants that have this word on their command line."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if word in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def graded(course):
    return list((course.results / "tiny").glob("*.json"))


def everyone_has_full_points(course):
    loaded = results.load(course, "tiny")
    assert {student: result for student, result in loaded.items() if result.broken or result.remarks} == {}
    assert class_points(course, "tiny").students == {student: {"double": 3, "total": 3} for student in STUDENTS}


@pytest.mark.parametrize("victim", ["gdm_grader.sandbox.forkserver.server", "forkserver"])
def test_a_process_that_is_killed_costs_nobody_anything(handed_in, victim):
    """The fork server, of which kernels are forks, or a worker, which is a fork of multiprocessing's server."""
    run = grade(handed_in)
    wait_for(lambda: graded(handed_in))
    found = below(run, victim)
    pids = {process.pid for process in found}
    forks = [process for process in found if process.ppid() in pids]
    os.kill((forks if victim == "forkserver" else found)[0].pid, signal.SIGKILL)
    output = run.communicate(timeout=200)[0]
    assert run.returncode == 0, output
    everyone_has_full_points(handed_in)


def test_a_run_that_is_killed_is_resumed_where_it_stopped(handed_in):
    run = grade(handed_in)
    wait_for(lambda: len(graded(handed_in)) >= 2)
    children = psutil.Process(run.pid).children(recursive=True)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate(timeout=60)
    wait_for(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    before = {path.name: path.stat().st_mtime_ns for path in graded(handed_in)}
    assert 2 <= len(before) < len(STUDENTS)
    again = grade(handed_in)
    output = again.communicate(timeout=200)[0]
    assert f"{len(STUDENTS)} submissions, {len(STUDENTS) - len(before)} to grade" in output
    assert {name: (handed_in.results / "tiny" / name).stat().st_mtime_ns for name in before} == before
    everyone_has_full_points(handed_in)

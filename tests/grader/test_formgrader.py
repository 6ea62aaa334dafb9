"""formgrader beside us: its button grades in the sandbox, students have names, a refused submission can be graded."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

from gdm_grader.authoring import demo
from gdm_grader.records import gradebook, names, results
from gdm_grader.records.audit import audit
from gdm_grader.records.names import Person
from tests.grader.pages import write_page

pytestmark = pytest.mark.slow
SECONDS = 120  # for the server to start and for a submission to be graded, on a busy machine
CANARY = '''def double(x):
    return 2 * x
import pathlib
try:
    pathlib.Path({path!r}).write_text("I was here")
except OSError:
    pass
'''


@contextmanager
def formgrader(course):
    """A Jupyter server with formgrader for this class; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser", f"--ServerApp.port={port}",
               "--IdentityProvider.token=", f"--ServerApp.root_dir={course.root}",
               "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    environment = os.environ | {"GDM_CLASS": str(course.classroom.relative_to(course.root)), "HOME": str(course.root)}
    server = subprocess.Popen(command, cwd=course.root, env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}/formgrader"
        until = time.monotonic() + SECONDS
        while not _answers(address):
            assert server.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(address):
    try:
        return urlopen(address).status == 200
    except (URLError, OSError):
        return False


@pytest.fixture
def class_with_a_canary(course, small_class, grade):
    grade()
    canary = course.root / "canary.txt"
    nb = demo.filled(nbformat.read(course.release("tiny"), as_version=4), {"double": CANARY.format(path=str(canary))})
    nbformat.write(nb, course.submitted / "ann" / "tiny" / "tiny.ipynb")
    (course.classroom / names.NAMES_FILE).write_text('{"ann": {"first": "Ann", "last": "Ångström"}}')
    names.put(course)
    return canary


def test_the_button_grades_in_the_sandbox(course, class_with_a_canary, browser):
    with formgrader(course) as address:
        view = browser.new_page()
        view.goto(f"{address}/manage_submissions/tiny")
        row = view.locator("tr", has_text="ann")
        row.first.wait_for(timeout=1000 * SECONDS)
        assert "Ångström, Ann" in row.first.inner_text()
        row.first.locator(".autograde a").click()
        view.get_by_text("Successfully autograded").first.wait_for(timeout=1000 * SECONDS)
        view.goto(f"{address}/gradebook/tiny/tiny")
        view.locator("tbody tr").nth(3).wait_for(timeout=1000 * SECONDS)
        assert view.locator("tbody tr").count() == 4  # the one that was refused, too
        view.close()
    assert not class_with_a_canary.exists()
    graded = results.find(course, "tiny", "ann")
    assert graded.scores == {"test_double_values": 2, "test_double_zero": 1, "test_total_values": 0}
    assert "Landlock" in graded.isolation or "namespaces" in graded.isolation
    assert audit(course, "tiny").wrong == []


def test_a_refused_submission_is_graded_by_hand(course, small_class, grade, gdm):
    grade()
    with gradebook.open_gradebook(course) as book:
        grade_of = book.find_grade("test_double_values", "tiny", "tiny", "dora")
        assert grade_of.needs_manual_grade
        grade_of.manual_score, grade_of.needs_manual_grade = 1.5, False
        book.db.commit()
    assert grade() == []
    status, output = gdm(course, "report", "tiny")
    assert (status, "dora 1.5 0 1.5" in output) == (0, True)
    assert "<h1>tiny: 1.5 points</h1>" in write_page("dora", course).read_text()


def test_names_are_split_as_a_list_of_the_class_writes_them(course, small_class, grade, gdm, tmp_path):
    grade()
    roster = tmp_path / "class.csv"
    roster.write_text("name,username,email\n\"Lee, Ann\",ann,ann@example.org\nBob van Dyk,bob,\n")
    assert gdm(course, "report", "tiny", "--roster", roster)[0] == 0
    assert names.load(course) == {"ann": Person("Ann", "Lee", "ann@example.org"), "bob": Person("Bob van", "Dyk")}
    with gradebook.open_gradebook(course) as book:
        assert book.find_student("ann").last_name == "Lee"
    output = gdm(course, "report", "tiny", "--sort", "name")[1]
    assert output.index("Ann Lee") < output.index("Bob van Dyk")

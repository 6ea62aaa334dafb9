"""A submission is outdated by all that can change a point, and by nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gdm_grader.course.settings import Settings, change
from gdm_grader.grading import digest
from gdm_grader.records.late import set_due

ROOT = Path(__file__).parents[2]
# In a process of its own, since modules of tests are loaded in this one: what deciding a point really imports.
LOADED = """
import json, sys
import gdm_grader.grading.verdict
import gdm_grader.referee.kernel.server, gdm_grader.sandbox.inside.kernel, gdm_grader.sandbox.forkserver.server
print(json.dumps({name: module.__file__ for name, module in sys.modules.items()
                  if name.split(".")[0] == "gdm_grader" and module.__file__}))
"""


def test_every_module_that_deciding_a_point_imports_is_hashed():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})
    loaded = {Path(path) for path in json.loads(done.stdout).values()}
    hashed = set(digest.deciding_modules().values())
    # A package's own __init__ holds names and no decision, but for those that are imported for a name.
    assert {path for path in loaded - hashed if path.name != "__init__.py"} == set()


@pytest.mark.parametrize("part", [
    "gdm_grader.sandbox.limits", "gdm_grader.sandbox.linux.seccomp", "gdm_grader.sandbox.inside.lockdown",
    "gdm_grader.sandbox.forkserver.watchdog", "gdm_grader.course.cells", "gdm_grader.course.assignment",
    "gdm_grader.intake.submission", "gdm_grader.intake.restore", "gdm_grader.referee.protocol",
    "gdm_grader.referee.kernel.forbid", "gdm_grader.referee.notebook.forbidden",
])
def test_a_module_that_can_change_a_point_is_hashed(part):
    assert part in digest.deciding_modules()


@pytest.mark.parametrize("part", ["feedback", "reports", "records", "authoring", "grading.diagnosis", "cli", "logs"])
def test_a_module_that_cannot_is_not(part):
    assert [name for name in digest.deciding_modules() if name.startswith(f"gdm_grader.{part}")] == []


@pytest.mark.parametrize("package", ["torch", "numpy", "ipykernel", "safetensors", "pyzmq", "nbformat", "python"])
def test_the_version_of_what_runs_the_code_is_hashed(package):
    assert package in digest.versions()


def changed(course, change) -> bool:
    before = digest.common_digest(course, "tiny")
    change()
    return digest.common_digest(course, "tiny") != before


def edit(path: Path, old: str, new: str):
    def change():
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1_000_000_000))
    return change


@pytest.mark.parametrize(("file", "old", "new"), [
    ("solutions/tiny/tiny.ipynb", "double(-3) == -6", "double(-4) == -8"),
    ("solutions/tiny/tiny.ipynb", "import math", "import math, cmath"),
    ("solutions/tiny/tiny.ipynb", "twice_the_number = x + x", "twice_the_number = 2 * x"),
    ("nbgrader_config.py", "labelled_timeout = 2 ", "labelled_timeout = 3 "),
    ("nbgrader_config.py", "c.Sandbox.packages = [\"gdm_lib\"]", "c.Sandbox.packages = []"),
])
def test_a_test_a_solution_or_a_limit_makes_all_outdated(course, file, old, new):
    assert changed(course, edit(course.root / file, old, new))


@pytest.mark.parametrize(("file", "old", "new"), [
    ("solutions/tiny/tiny.ipynb", "# Tiny", "# Very tiny"),
    ("solutions/tiny/catalogue/double.py", "You square x.", "You took the square of x."),
    ("nbgrader_config.py", "max_traceback = 40", "max_traceback = 30"),
    ("nbgrader_config.py", "# c.Summary.book", "c.Summary.book"),
])
def test_text_diagnoses_and_reports_make_nothing_outdated(course, file, old, new):
    assert not changed(course, edit(course.root / file, old, new))


def test_a_due_date_makes_nothing_outdated(course, small_class, grade):
    grade()
    set_due(course, "tiny", "2026-11-01 12:00 +00:00")
    change(course.classroom, lambda _: Settings(due={"tiny": "2026-11-02T12:00:00+00:00"}))
    assert digest.outdated(course, "tiny") == []


def test_the_time_of_handing_in_makes_nothing_outdated_and_a_file_does(course, small_class, grade):
    grade()
    (course.submitted / "ann" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    assert digest.outdated(course, "tiny") == []
    (course.submitted / "ann" / "tiny" / "data.csv").write_text("1,2")
    assert digest.outdated(course, "tiny") == ["ann"]


def test_a_library_that_notebooks_import_makes_all_outdated(course, tmp_path, monkeypatch):
    package = tmp_path / "numbers_of_ours"
    package.mkdir()
    (package / "__init__.py").write_text("ONE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    edit(course.root / "nbgrader_config.py", "[\"gdm_lib\"]", "[\"numbers_of_ours\"]")()
    assert changed(course, lambda: (package / "__init__.py").write_text("ONE = 2\n"))
    shutil.rmtree(package)


def test_the_same_submission_has_the_same_digest_in_another_place(course, small_class):
    before = digest.digests(course, "tiny")
    nb = nbformat.read(course.submitted / "ann" / "tiny" / "tiny.ipynb", as_version=4)
    nbformat.write(nb, course.submitted / "ann" / "tiny" / "tiny.ipynb")
    assert digest.digests(course, "tiny") == before

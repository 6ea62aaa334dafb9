"""One line of nbgrader_config.py says where the solutions are; what needs none works without them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = 'c.CourseDirectory.source_directory = "solutions"'


@pytest.fixture
def checkout(tmp_path):
    """The parts of a checkout that this is about, without the solutions."""
    folder = tmp_path / "public"
    skipped = shutil.ignore_patterns("__pycache__", "site", "class")
    for name in ("assignments", "gdm_lib", "gdm_grader", "tests", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=skipped)
    (folder / "book").symlink_to(ROOT / "book")
    for name in ("Makefile", "_config.yml", "nbgrader_config.py", "pyproject.toml", "requirements.lock",
                 "requirements-test.lock", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def run(checkout):
    def run(*command):
        done = subprocess.run(command, cwd=checkout, env=os.environ | {"PYTHONPATH": str(checkout)}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
        return done.stdout
    return run


def gdm(*words):
    return sys.executable, "-c", "from gdm_grader.cli import app; app()", *words


def test_solutions_in_a_private_folder_make_the_same_release(checkout, run, solutions):
    shutil.copytree(solutions / "masks", checkout.parent / "private" / "masks")
    shutil.copy(solutions / "places.json", checkout.parent / "private")
    config = (checkout / "nbgrader_config.py").read_text(encoding="utf-8")
    named = config.replace(LINE, LINE.replace("solutions", "../private"))
    assert named != config or LINE not in config
    (checkout / "nbgrader_config.py").write_text(named, encoding="utf-8")
    said = " ".join(run(*gdm("release", "masks", "--check")).split())
    assert "assignments/masks is what" in said
    assert "private/masks makes" in said
    assert "../private/masks/masks.ipynb" in run("make", "--dry-run", "--print-data-base", "release")


def test_without_solutions_make_has_the_assignments_and_no_class(run):
    assert "No class: there are no solutions in" in run("make", "class")
    assert "gdm release" not in run("make", "--dry-run", "book")


@pytest.mark.slow
def test_without_solutions_the_tests_about_them_are_left_out_and_say_why(run, checkout):
    """Collecting them would fail; of the others one file stands for all."""
    kept = {"assignments", "handout", "mutation", "referee"}
    folders = [path.name for path in (checkout / "tests").iterdir() if path.is_dir() and path.name not in kept]
    others = [f"--ignore=tests/{folder}" for folder in folders] + ["--ignore-glob=*/handout/test_[!s]*"]
    said = run(sys.executable, "-m", "pytest", "-v", "-rs", "-p", "no:cacheprovider", "tests", *others,
               "-k", "assignments")
    assert "tests/assignments, tests/mutation, tests/referee" in said
    assert re.search(r"SKIPPED \[1\].*: there are no solutions in", said)


def test_without_solutions_students_get_their_bundle(run, checkout):
    assert "student-bundle.zip" in run(*gdm("bundle"))
    assert (checkout / "_build" / "student-bundle.zip").is_file()

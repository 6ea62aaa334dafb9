"""The student's bundle: what is in it, that it installs in an empty folder, and that its notebooks run."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from packaging.requirements import Requirement
from traitlets.config.loader import PyFileConfigLoader

from gdm_grader.authoring import bundle
from gdm_grader.authoring.leaks import betrayals
from gdm_grader.course.course import Course
from gdm_grader.errors import GraderError

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/*.ipynb"))


@pytest.fixture(scope="module")
def written(course, tmp_path_factory):
    return bundle.write(course, tmp_path_factory.mktemp("handout") / "student-bundle.zip")


@pytest.fixture(scope="module")
def unpacked(written, tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    with zipfile.ZipFile(written) as archive:
        archive.extractall(folder)
    return folder / bundle.FOLDER


@pytest.fixture(scope="module")
def installed(unpacked):
    """The library of the bundle, installed into a folder of its own; what it needs is there already."""
    site = unpacked / "site"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site,
                    *unpacked.glob("*.whl")], check=True)
    return site


def test_the_bundle_holds_this_and_nothing_else(written):
    with zipfile.ZipFile(written) as archive:
        names = [name.removeprefix(f"{bundle.FOLDER}/") for name in archive.namelist()]
    assert sorted(names) == sorted([
        "LICENSE", "LICENSE-text", "README.md", "constraints.txt", "environment.yml", "nbgrader_config.py",
        "requirements.txt", "gdm_lib-0.1.0-py3-none-any.whl", *(f"assignments/{name}/{name}.ipynb" for name in NAMES)])


def test_validate_gives_a_training_as_much_time_at_home_as_on_the_hub(unpacked):
    """After nbgrader's 30 s a slow laptop's training was interrupted, and what it was to show was judged half done."""
    def seconds(folder):
        return PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config().Execute.timeout
    assert seconds(unpacked) == seconds(ROOT / "hub") == 300


def test_the_bundle_gives_nothing_away(written, secret):
    assert betrayals(written.parent, secret) == []


def test_the_bundle_names_no_address_that_a_course_has_to_set_first(unpacked):
    """So that it is right before anything is published, too: `gdm bundle` has nothing to refuse."""
    for path in unpacked.rglob("*"):
        if path.suffix in {".md", ".ipynb", ".yml", ".txt"}:
            text = path.read_text(encoding="utf-8")
            assert "OWNER/REPO" not in text, path.name
            assert "example.org" not in text, path.name


def test_the_same_course_makes_the_same_bytes(course, written, tmp_path):
    assert bundle.write(course, tmp_path / "again.zip").read_bytes() == written.read_bytes()


def test_a_bundle_that_would_give_something_away_is_not_written(tmp_path, solutions):
    shutil.copytree(ROOT / "gdm_lib", tmp_path / "gdm_lib")
    for place in ("solutions", "assignments"):
        shutil.copytree(solutions / "masks", tmp_path / place / "masks")
    for name in ("nbgrader_config.py", "pyproject.toml", "requirements.lock", "LICENSE", "LICENSE-text"):
        shutil.copy(ROOT / name, tmp_path)
    with pytest.raises(GraderError, match=r"Nothing was written.*\n.*masks\.ipynb holds"):
        bundle.write(Course.find(start=tmp_path), tmp_path / "student-bundle.zip")
    assert not (tmp_path / "student-bundle.zip").exists()


SPELLED = ("README.md", "book/hub.md", "book/instructors.md", "gdm_grader/authoring/templates/bundle/README.md")


@pytest.mark.parametrize("page", SPELLED)
def test_uv_installs_into_the_environment_that_was_made_and_not_into_one_that_is_active(page):
    """Unless it is told, uv takes the one that is active."""
    text = (ROOT / page).read_text(encoding="utf-8").replace("\\\n", "")
    lines = re.findall(r"(?:\.venv[/\\]\w+[/\\]uv|uv venv && uv) pip install (.*)", text)
    assert lines
    assert all("--python .venv" in line for line in lines), lines


def test_every_version_that_students_install_is_pinned(unpacked):
    pinned = {line.split("==")[0].lower() for line in (unpacked / "constraints.txt").read_text().splitlines()}
    asked = (unpacked / "requirements.txt").read_text().splitlines()
    assert asked[0] == "-c constraints.txt"
    assert {Requirement(line).name for line in asked[1:] if not line.startswith("./")} <= pinned


@pytest.mark.parametrize("name", [NAMES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[1:])])
def test_an_unpacked_notebook_runs_up_to_the_first_unanswered_task(installed, unpacked, name):
    path = unpacked / "assignments" / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    with pytest.raises(CellExecutionError) as raised:
        client.execute(env=os.environ | {"PYTHONPATH": str(installed)})
    assert (raised.value.ename, raised.value.evalue) == ("NotImplementedError", "Replace this line with your answer.")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    executed = [cell for cell in code if cell.execution_count]
    library, setup, *helpers, solution, test = executed
    assert (library.id, setup.id) == ("library", "setup")
    assert all(cell.metadata.nbgrader.locked for cell in helpers)
    assert solution.metadata.nbgrader.solution
    assert test.metadata.nbgrader.grade
    assert executed == code[:len(executed)]
    assert "is installed" in json.dumps(setup.outputs)


def test_the_notebooks_import_the_library_of_the_bundle(installed):
    where = subprocess.run([sys.executable, "-c", "import gdm_lib; print(gdm_lib.__file__)"], cwd=installed.parent,
                           env=os.environ | {"PYTHONPATH": str(installed)}, capture_output=True, text=True, check=True)
    assert Path(where.stdout.strip()).is_relative_to(installed)

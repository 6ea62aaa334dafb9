"""The wheels of gdm_lib and gdm_grader work in a folder that knows nothing of the checkout."""

import csv
import os
import shutil
import subprocess
import sys
import tomllib
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

import nbformat
import pytest

from gdm_grader.authoring import wheels
from gdm_grader.errors import GraderError
from tests.courses import sheets

ROOT = Path(__file__).parents[2]
USE = """
import torch
from gdm_lib import masks, flows
assert masks.causal_mask(3, "B").tolist() == [True, True, False]
flow = flows.NormalizingFlow(flows.StandardNormal(2), flows.Planar(2))
print(tuple(flow.log_prob(torch.zeros(4, 2)).shape))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    target = tmp_path_factory.mktemp("wheels")
    return [wheels.build(ROOT, package, target) for package in wheels.PACKAGES]


@pytest.fixture(scope="module")
def site(built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, *built],
                   check=True)
    return folder


@pytest.fixture
def away(site, tmp_path):
    """Run a command in an empty folder, with the wheels' packages before all others."""
    def run(*command):
        done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(site)}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout
        return done.stdout
    return run


def test_the_library_works_by_itself(away):
    assert away(sys.executable, "-c", USE) == "(4,)\n"


def test_the_grader_says_what_it_can_do(away, site):
    assert "release" in away(site / "bin" / "gdm", "--help")


@pytest.mark.slow
def test_the_grader_releases_an_assignment_elsewhere(away, site, solutions, tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(solutions / "masks", tmp_path / "solutions" / "masks")
    shutil.copy(solutions / "places.json", tmp_path / "solutions")
    assert away(site / "bin" / "gdm", "release", "masks").endswith("made assignments/masks/masks.ipynb\n")
    made = (tmp_path / "assignments" / "masks" / "masks.ipynb").read_bytes()
    assert made == (ROOT / "assignments" / "masks" / "masks.ipynb").read_bytes()


@pytest.fixture
def installed(built, tmp_path):
    """Return the Python of an environment that has the wheels and knows nothing of the checkout."""
    venv = tmp_path / "venv"
    shutil.copytree(sys.prefix, venv, symlinks=True, copy_function=link)
    python = venv / "bin" / "python"
    pip = [python, "-m", "pip", "--quiet"]
    subprocess.run([*pip, "uninstall", "--yes", "gdm-lib", "gdm-grader"], check=True)
    subprocess.run([*pip, "install", "--no-deps", "--no-index", *built], check=True)
    return python


def link(source, target):
    """The environment is large, and only read: a second name for its files will do, on one file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def from_wheels(python, course, *words):
    """Run a command of the installed wheels in the folder of a course, and return what it printed."""
    command = [python, "-c", "from gdm_grader.cli import app; app()", *words]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GDM_CLASS")}
    done = subprocess.run(command, cwd=course, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.slow
def test_a_class_is_graded_from_the_wheels_alone(installed, solutions, tmp_path):
    """In the sandbox, and in a folder that has neither package. One right submission, one with nothing done."""
    course = tmp_path / "course"
    for folder in (solutions / "masks", ROOT / "assignments" / "masks"):
        shutil.copytree(folder, course / folder.parent.name / "masks")
    shutil.copy(ROOT / "nbgrader_config.py", course)

    gdm = partial(from_wheels, installed, course)
    gdm("demo", "masks")
    submitted = course / "_build" / "class" / "submitted"
    students = sorted(path.name for path in submitted.iterdir())
    for student in students[2:]:
        shutil.rmtree(submitted / student)
    said = gdm("grade", "masks")
    assert "limits alone" not in said
    assert "2 submissions, 2 to grade" in said
    assert "exactly" in said


@pytest.mark.slow
def test_a_folder_of_nbgraders_goes_the_whole_way_with_the_wheels_alone(installed, tmp_path):
    """source/ and two lines of nbgrader_config.py: from the release to the grades, without this checkout."""
    course, sheet = tmp_path / "course", sheets.read("printed")
    sheets.make(course, sheet.notebooks, sheet.files)
    gdm = partial(from_wheels, installed, course)
    gdm("release", sheets.NAME)
    handed_in = tmp_path / "handed-in"
    handed_in.mkdir()
    for student, answer in {"ann": sheet.answers[0], "bob": sheet.answers[1]}.items():
        nb = nbformat.read(course / "release" / sheets.NAME / f"{sheets.NAME}.ipynb", as_version=4)
        nb.cells[0].source = answer.source
        nbformat.write(nb, handed_in / f"{student}.ipynb")
    gdm("collect", sheets.NAME, str(handed_in))
    assert "2 submissions, 2 to grade" in gdm("grade", sheets.NAME)
    assert "bob" in gdm("report", sheets.NAME)
    gdm("feedback", sheets.NAME)
    said = gdm("export", sheets.NAME)
    table = next(course.rglob("*.csv"))
    with table.open(newline="") as file:
        points = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert points == {"ann": 2, "bob": 0}, said
    assert len(list((course / "feedback").rglob("*.html"))) == 2


def test_the_grader_ships_its_templates(site):
    parts = [path for path in (ROOT / "gdm_grader").rglob("templates/**/*") if path.is_file()]
    assert len({path.parents[0] for path in parts}) > 3
    for part in parts:
        assert (site / part.relative_to(ROOT)).read_bytes() == part.read_bytes(), part.name


def test_a_wheel_is_built_without_pip(tmp_path):
    """An environment that uv made has none, and `gdm bundle` works there, too."""
    program = ("import pathlib, sys; from gdm_grader.authoring import wheels; "
               "print(wheels.build(pathlib.Path(sys.argv[1]), 'gdm_lib', pathlib.Path(sys.argv[2])).name)")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "pip.py").write_text("raise ModuleNotFoundError('No module named pip')")
    done = subprocess.run([sys.executable, "-c", program, ROOT, tmp_path], text=True, stdout=subprocess.PIPE,
                          env=os.environ | {"PYTHONPATH": str(hidden)}, check=True)
    assert done.stdout.startswith("gdm_lib-")


def test_what_cannot_be_built_is_said(tmp_path):
    shutil.copytree(ROOT / "gdm_lib", tmp_path / "gdm_lib")
    project = tmp_path / "gdm_lib" / "pyproject.toml"
    project.write_text(project.read_text(encoding="utf-8").replace("version =", "edition ="), encoding="utf-8")
    with pytest.raises(GraderError, match=r"gdm_lib could not be built: .*version"):
        wheels.build(tmp_path, "gdm_lib", tmp_path)


def test_each_wheel_names_what_it_needs(site):
    known = {found.metadata["Name"]: found for found in distributions(path=[str(site)])}
    assert sorted(known) == ["gdm-grader", "gdm-lib"]
    for package in wheels.PACKAGES:
        project = tomllib.loads((ROOT / package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        found = known[project["name"]]
        assert set(project["dependencies"]) <= {need.replace(" ", "") for need in found.requires}
        assert found.metadata["Description"].startswith(f"# {project['name']}")
        assert (site / package / "py.typed").is_file()
        assert any(path.name == "LICENSE" for path in found.files)
    assert "gdm" in {point.name for point in known["gdm-grader"].entry_points}
    assert {"cluster", "postgres"} <= set(known["gdm-grader"].metadata.get_all("Provides-Extra"))


def test_no_wheel_ships_what_belongs_to_its_making(site):
    for package in wheels.PACKAGES:
        assert not (site / package / "pyproject.toml").exists()


@pytest.mark.parametrize("package", wheels.PACKAGES)
def test_the_same_files_make_the_same_wheel(package, built, tmp_path):
    again = wheels.build(ROOT, package, tmp_path)
    assert again.read_bytes() in [wheel.read_bytes() for wheel in built if wheel.name == again.name]


@pytest.mark.parametrize("package", wheels.PACKAGES)
def test_the_license_in_a_package_is_the_courses(package):
    assert (ROOT / package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()

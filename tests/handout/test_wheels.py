"""The wheels of gdm_lib and gdm_grader work in a folder that knows nothing of the checkout."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from gdm_grader.authoring import wheels

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


def test_the_grader_releases_an_assignment_elsewhere(away, site, solutions, tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(solutions / "masks", tmp_path / "solutions" / "masks")
    assert away(site / "bin" / "gdm", "release", "masks") == "made assignments/masks/masks.ipynb\n"
    made = (tmp_path / "assignments" / "masks" / "masks.ipynb").read_bytes()
    assert made == (ROOT / "assignments" / "masks" / "masks.ipynb").read_bytes()


def test_the_grader_ships_its_templates(site):
    for part in (ROOT / "gdm_grader" / "templates").rglob("*.*"):
        assert (site / part.relative_to(ROOT)).is_file(), part.name


def test_each_wheel_names_what_it_needs(site):
    known = {found.metadata["Name"]: found for found in distributions(path=[str(site)])}
    assert sorted(known) == ["gdm-grader", "gdm-lib"]
    assert "torch==2.13.0" in known["gdm-lib"].requires
    assert "nbgrader==0.9.6" in known["gdm-grader"].requires
    assert not any(need.startswith("torch") for need in known["gdm-grader"].requires)
    assert {point.name for point in known["gdm-grader"].entry_points} >= {"gdm", "gdm-sandbox"}

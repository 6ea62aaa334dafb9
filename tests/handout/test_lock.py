"""The locks hold for every Python and system that is declared, and .venv is what they say."""

import re
import tomllib
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
PACKAGE = re.compile(r"^(?!#)(\S.*?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def packages(name: str) -> dict[str, Requirement]:
    """The packages of a lock, by name."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = [Requirement(line) for line, _ in PACKAGE.findall(text)]
    return {requirement.name: requirement for requirement in found}


def declared(where: str) -> dict:
    return tomllib.loads((ROOT / where / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_one_version_of_a_package_with_its_hashes(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert PACKAGE.sub("", text).strip() == ""
    for requirement in packages(name).values():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement


def test_what_is_installed_is_what_is_locked():
    here = {name: needed for name, needed in packages("requirements-test.lock").items()
            if needed.marker is None or needed.marker.evaluate()}
    installed = {name: distribution(name).version for name in here}
    assert {name: version for name, version in installed.items() if not here[name].specifier.contains(version)} == {}


def test_the_test_lock_holds_the_course_as_everybody_has_it():
    course, whole = (packages(name) for name in LOCKS)
    assert {str(requirement) for requirement in course.values()} <= {str(requirement) for requirement in whole.values()}


def test_what_everybody_installs_holds_no_test_tools_and_no_benchmark_peers():
    course = packages("requirements.lock")
    groups = declared(".")["dependency-groups"]
    spared = {Requirement(line).name for line in [*groups["test"], *groups["peers"]]}
    assert spared & set(course) == set()


def test_no_lock_asks_for_cuda():
    named = (ROOT / "tools" / "cuda-packages.txt").read_text(encoding="utf-8").splitlines()
    cuda = {line for line in named if not line.startswith("#")}
    assert len(cuda) > 5
    for name in LOCKS:
        assert [package for package in packages(name) if package in cuda or package.startswith("nvidia-")] == []


@pytest.mark.parametrize("where", ["gdm_lib", "gdm_grader"])
def test_what_a_distribution_asks_for_is_a_range_that_holds_the_locked_version(where):
    locked = packages("requirements-test.lock")
    project = declared(where)["project"]
    extras = project.get("optional-dependencies", {}).values()
    for line in chain(project["dependencies"], *extras):
        need = Requirement(line)
        assert "==" not in str(need.specifier), line
        if need.name != "gdm-lib":
            assert need.specifier.contains(str(locked[need.name].specifier).removeprefix("==")), line


def test_every_locked_package_works_with_the_earliest_python_that_is_declared():
    for where in ("gdm_lib", "gdm_grader"):
        earliest = re.search(r">=([\d.]+)", declared(where)["project"]["requires-python"])[1] + ".0"
        here = {name: distribution(name).metadata.get("Requires-Python", "")
                for name, needed in packages("requirements-test.lock").items()
                if needed.marker is None or needed.marker.evaluate()}
        assert {name: python for name, python in here.items() if not SpecifierSet(python).contains(earliest)} == {}

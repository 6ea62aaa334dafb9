"""A release names its addresses, those of _config.yml, and nothing else differs from the checkout."""

import subprocess
import sys
import tarfile
from importlib.metadata import PathDistribution
from pathlib import Path
from zipfile import Path as ZipPath

import pytest
import yaml

from tools import dist

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    target = tmp_path_factory.mktemp("dist")
    dist.build(ROOT, target)
    return target


def metadata(wheel):
    inside = ZipPath(wheel)
    return PathDistribution(next(path for path in inside.iterdir() if path.name.endswith(".dist-info"))).metadata


@pytest.mark.parametrize("package", ["gdm_lib", "gdm_grader"])
def test_a_wheel_names_where_the_project_lives(built, package):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    urls = dict(line.split(", ", 1) for line in metadata(next(built.glob(f"{package}-*.whl"))).get_all("Project-URL"))
    assert urls["Homepage"] == config["html"]["baseurl"]
    assert urls["Repository"] == config["repository"]["url"]
    assert urls["Issues"].startswith(config["repository"]["url"])


def test_addresses_are_joined_whether_they_end_in_a_slash_or_not():
    def written(repository, book):
        return dist.urls({"repository": {"url": repository}, "html": {"baseurl": book}})

    plain = written("https://github.com/someone/course", "https://course.example/")
    assert '"https://course.example/book/api.html"' in plain
    assert '"https://github.com/someone/course/issues"' in plain
    assert written("https://github.com/someone/course/", "https://course.example") == plain
    assert written("https://github.com/someone/course.git", "https://course.example/") == plain


@pytest.mark.parametrize("package", ["gdm_lib", "gdm_grader"])
def test_a_source_archive_holds_every_module_of_the_checkout(built, package):
    listed = subprocess.run(["git", "ls-files", f"{package}/*.py"], cwd=ROOT, capture_output=True, text=True)
    modules = set(listed.stdout.split())
    assert modules, "there is no repository to compare with" if listed.returncode else "no module is tracked"
    with tarfile.open(next(built.glob(f"{package}-*.tar.gz"))) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {module.partition("/")[2] for module in modules} <= inside


@pytest.fixture
def unpacked(built, tmp_path):
    with tarfile.open(next(built.glob("gdm_lib-*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    [folder] = tmp_path.iterdir()
    return folder


def test_the_library_s_source_archive_holds_its_tests_and_the_wheel_does_not(built, unpacked):
    here = {path.name for path in (ROOT / "tests" / "gdm_lib").glob("*.py")}
    assert {path.name for path in (unpacked / "tests" / "gdm_lib").iterdir()} == here
    wheel = ZipPath(next(built.glob("gdm_lib-*.whl")))
    assert not (wheel / "gdm_lib" / "tests").exists()
    assert not (wheel / "tests").exists()


@pytest.mark.slow
def test_the_library_s_tests_run_from_its_source_archive(unpacked):
    some = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "causal", "tests"]
    done = subprocess.run(some, cwd=unpacked, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

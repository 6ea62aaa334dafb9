"""The lock can be installed by everyone who has a Python that pyproject.toml declares."""

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
LOCK = dict(line.split("==") for line in (ROOT / "requirements.lock").read_text().splitlines())


def test_what_is_installed_is_what_is_locked():
    installed = {name: distribution(name).version.split("+")[0] for name in LOCK}
    assert installed == LOCK


def test_every_locked_package_works_with_the_earliest_python_that_is_declared():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    earliest = re.search(r">=([\d.]+)", declared)[1] + ".0"
    needed = {name: distribution(name).metadata.get("Requires-Python", "") for name in LOCK}
    assert {name: python for name, python in needed.items() if not SpecifierSet(python).contains(earliest)} == {}

"""One wheel a package, gdm_lib and gdm_grader, each with what it needs and no more; the same bytes every time.

In the checkout both are one editable project. A wheel's metadata are made from that project's pyproject.toml.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from gdm_grader.errors import GraderError

PACKAGES = ("gdm_lib", "gdm_grader")
SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", ".ipynb_checkpoints")
EPOCH = "315532800"  # 1980: the earliest date that a zip file can hold


def build(root: Path, package: str, target: Path) -> Path:
    """Build the wheel of one package into `target`."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gdm-") as scratch:
        stage = Path(scratch)
        shutil.copytree(root / package, stage / package, ignore=SHIPPED)
        shutil.copy(root / "LICENSE", stage / "LICENSE")
        (stage / "pyproject.toml").write_text(metadata(project, package), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
                   "--wheel-dir", str(target), str(stage)]
        done = subprocess.run(command, env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise GraderError(f"pip could not build {package}: {done.stdout.strip().splitlines()[-1]}")
    return target / f"{package}-{project['project']['version']}-py3-none-any.whl"


def metadata(project: dict[str, Any], package: str) -> str:
    """The pyproject.toml of one package. A list or a string in JSON is one in TOML, too."""
    whole, grader = project["project"], package == "gdm_grader"
    needs = whole["optional-dependencies"]["grader"] if grader else whole["dependencies"]
    what = "grades the course's assignments" if grader else "the models of the course"
    lines = [
        "[build-system]", f"requires = {json.dumps(project['build-system']['requires'])}",
        'build-backend = "setuptools.build_meta"',
        "[project]", f'name = "{package.replace("_", "-")}"', f'version = "{whole["version"]}"',
        f'description = "Deep generative models: {what}"', 'license = "MIT"', 'license-files = ["LICENSE"]',
        f'requires-python = "{whole["requires-python"]}"', f"dependencies = {json.dumps(needs)}",
        "[tool.setuptools.packages.find]", f'include = ["{package}*"]',
    ]
    if grader:
        lines += ["[project.scripts]", *(f"{name} = {json.dumps(where)}" for name, where in whole["scripts"].items())]
        lines += ["[tool.setuptools.package-data]",
                  f"gdm_grader = {json.dumps(project['tool']['setuptools']['package-data']['gdm_grader'])}"]
    return "\n".join(lines) + "\n"

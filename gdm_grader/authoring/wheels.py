"""Build the wheels of gdm_lib and gdm_grader by the backend that the pyproject.toml in each folder names.

Without pip, which an environment made by uv does not have.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from gdm_grader.course.disk.trouble import raise_if_full
from gdm_grader.errors import GraderError

PACKAGES = ("gdm_lib", "gdm_grader")


def build(root: Path, package: str, target: Path) -> Path:
    """Build the wheel of one package into `target`: the same files make the same bytes. Needs no network."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gdm-") as scratch:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", scratch]
        done = subprocess.run(command, cwd=root / package, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise_if_full(done.stdout, Path(scratch))
            raise GraderError(f"{package} could not be built: {done.stdout.strip().splitlines()[-1]}")
        made = next(Path(scratch).glob("*.whl"))
        return Path(shutil.copy(made, target / made.name))

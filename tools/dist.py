"""Builds what a release publishes: a wheel and a source archive of each distribution, with the project's addresses.

    python -m tools.dist    # into _build/dist

The addresses stand in _config.yml alone. They are written into a copy of each pyproject.toml, which is then built.
The library's source archive holds its tests: unpacked, and with the library installed, `pytest` runs them. Those of the
grader grade the course's assignments, and are in the repository alone.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from gdm_grader.authoring.wheels import PACKAGES

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "_build" / "dist"
TESTED = ("gdm_lib",)  # whose tests need nothing of the checkout
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")


def urls(config: dict) -> str:
    """Return the table of addresses as pyproject.toml spells it."""
    repository = config["repository"]["url"].rstrip("/").removesuffix(".git")
    book = config["html"]["baseurl"].rstrip("/") + "/"
    return f"""
[project.urls]
Homepage = "{book}"
Documentation = "{book}book/api.html"
Repository = "{repository}"
Issues = "{repository}/issues"
Changelog = "{repository}/blob/main/CHANGELOG.md"
"""


def build(root: Path, target: Path) -> None:
    """Build every distribution of the checkout at `root` into `target`."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch, package)
            shutil.copytree(root / package, copy, ignore=LEFT_OUT)
            if package in TESTED:
                shutil.copytree(root / "tests" / package, copy / "tests" / package, ignore=LEFT_OUT)
                (copy / "tests" / "__init__.py").touch()  # else pytest takes tests/gdm_lib for gdm_lib
            with (copy / "pyproject.toml").open("a", encoding="utf-8") as project:
                project.write(urls(config))
            uv_build = [sys.executable, "-m", "uv", "build", "--quiet", "--no-build-isolation"]
            subprocess.run([*uv_build, "--out-dir", target, copy], check=True)


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    build(ROOT, TARGET)
    print(*sorted(path.name for path in TARGET.iterdir() if path.suffix in {".whl", ".gz"}), sep="\n")


if __name__ == "__main__":
    main()

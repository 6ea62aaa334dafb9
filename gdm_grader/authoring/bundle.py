"""The bundle for students: one zip with the assignments, gdm_lib and its environment, and nothing else."""

import re
import shutil
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from gdm_grader.authoring import wheels
from gdm_grader.authoring.leaks import betrayals, secrets
from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import CourseError

FOLDER = "generative-models"
BUNDLE_TEMPLATES = Path(__file__).parent / "templates" / "bundle"
PINNED = re.compile(r"[A-Za-z0-9._-]+==")  # begins the line of a package; the lines of its hashes are indented
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip with today's date would have other bytes tomorrow


def write(course: Course, target: Path) -> Path:
    """Write the bundle, the same bytes for the same course; CourseError if something secret got into it."""
    with tempfile.TemporaryDirectory(prefix="gdm-") as scratch:
        stage = Path(scratch) / FOLDER
        fill_bundle(course, stage)
        found = betrayals(stage, secrets(course))
        if found:
            raise CourseError("\n".join(["Nothing was written: the bundle would give something away.", *found]))
        with whole.replacing(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in stage.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(str(path.relative_to(stage.parent)), ZIP_EPOCH)
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return target


def fill_bundle(course: Course, stage: Path) -> None:
    """Put everything that the bundle holds into an empty folder."""
    shutil.copytree(BUNDLE_TEMPLATES, stage)
    releases = sorted(course.releases.glob("*/*.ipynb"))
    if not releases:
        raise CourseError("Expected notebooks assignments/NAME/NAME.ipynb, found none. Run `gdm release NAME` first.")
    for path in releases:
        copy = stage / path.relative_to(course.root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name in ("LICENSE", "LICENSE-text"):
        shutil.copy(course.root / name, stage / name)
    lock = (course.root / "requirements.lock").read_text(encoding="utf-8")
    (stage / "constraints.txt").write_text(constraints(lock), encoding="utf-8")
    library = wheels.build(course.root, "gdm_lib", stage)
    (stage / "requirements.txt").write_text(requirements(course.root, library.name), encoding="utf-8")


def requirements(root: Path, library: str) -> str:
    """Return what pip is to install, in the versions of the lock."""
    needs = _project(root / "gdm_lib")["project"]["dependencies"]
    tools = _project(root)["dependency-groups"]["student"]
    return "\n".join(["-c constraints.txt", *needs, *tools, f"./{library}"]) + "\n"


def constraints(lock: str) -> str:
    """Return the lock without its hashes: with them pip would refuse the library's wheel, which has none there."""
    versions = [line.removesuffix("\\").rstrip() for line in lock.splitlines() if PINNED.match(line)]
    return "\n".join(versions) + "\n"


def _project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))

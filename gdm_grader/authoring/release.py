"""From the instructor's notebooks to the students', which nbgrader makes, and a proof that they are the right ones."""

import filecmp
import tempfile
from pathlib import Path

from gdm_grader.course.converter import convert
from gdm_grader.course.course import RELEASE, Course, sqlite
from gdm_grader.course.disk import whole


def release(course: Course, name: str) -> Path:
    """Make the students' notebooks, and return the first; the same source gives the same bytes."""
    target = course.release(name)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / RELEASE
        convert(course, name, fresh, sqlite(Path(scratch) / "gradebook.db"))
        whole.copy_folder(fresh / name, target.parent)
    return target


def differences(course: Course, name: str) -> list[str]:
    """Return how the release of an assignment differs from what its source makes now, a sentence each."""
    committed, source = course.releases / name, course.shown(course.solutions / name)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / RELEASE / name
        convert(course, name, fresh.parent, sqlite(Path(scratch) / "gradebook.db"))
        here, there = _files(committed), _files(fresh)
        found = [f"{path} is missing" for path in sorted(there - here)]
        found += [f"{path} does not come from {source}" for path in sorted(here - there)]
        found += [f"{path} is not what {source} makes" for path in sorted(here & there)
                  if not filecmp.cmp(committed / path, fresh / path, shallow=False)]
    return [f"{course.shown(committed)}: {difference}; run `gdm release {name}`" for difference in found]


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")
            if path.is_file() and ".ipynb_checkpoints" not in path.parts}



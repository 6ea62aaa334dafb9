"""From solutions/ to assignments/: nbgrader makes the students' notebook, and checks prove that it is the right one."""

import filecmp
import shutil
import tempfile
from pathlib import Path

from gdm_grader.course.converter import convert
from gdm_grader.course.course import Course, sqlite


def release(course: Course, name: str) -> Path:
    """Make assignments/<name>/<name>.ipynb; the same source gives the same bytes."""
    target = course.release(name)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "assignments"
        convert(course, name, fresh, sqlite(Path(scratch) / "gradebook.db"))
        shutil.rmtree(target.parent, ignore_errors=True)
        shutil.copytree(fresh / name, target.parent)
    return target


def differences(course: Course, name: str) -> list[str]:
    """Return how assignments/<name> differs from what solutions/<name> makes now, a sentence each."""
    committed = course.release(name).parent
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "assignments" / name
        convert(course, name, fresh.parent, sqlite(Path(scratch) / "gradebook.db"))
        here, there = _files(committed), _files(fresh)
        found = [f"{path} is missing" for path in sorted(there - here)]
        found += [f"{path} does not come from solutions/{name}" for path in sorted(here - there)]
        found += [f"{path} is not what solutions/{name} makes" for path in sorted(here & there)
                  if not filecmp.cmp(committed / path, fresh / path, shallow=False)]
    return [f"assignments/{name}: {difference}; run `gdm release {name}`" for difference in found]


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")
            if path.is_file() and ".ipynb_checkpoints" not in path.parts}



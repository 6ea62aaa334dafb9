"""A digest for each submission of everything that can change one of its points.

Nothing is listed by hand: the modules are those that the grading function imports, followed through the source; the
packages are those that these modules import, in their installed version.
"""

import ast
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gdm_grader.course import assignment as assignments
from gdm_grader.course.course import Course
from gdm_grader.errors import SubmissionError
from gdm_grader.intake.submission import file_digest, files_in
from gdm_grader.records import results
from gdm_grader.referee import KERNEL_SERVER

PACKAGE = "gdm_grader"
ROOT = Path(__file__).parents[1]
# Where grading begins: the function that decides, and the programs that are started by name.
ROOTS = (f"{PACKAGE}.grading.verdict", f"{PACKAGE}.grading.grade", KERNEL_SERVER, f"{PACKAGE}.sandbox.inside.kernel",
         f"{PACKAGE}.sandbox.forkserver.server")
# What grading.grade hands to, after the points are decided, or only to keep or to show them.
AFTERWARDS = (f"{PACKAGE}.grading.diagnosis", f"{PACKAGE}.records", f"{PACKAGE}.logs")
# Sections of nbgrader_config.py.
SETTINGS = ("ExecuteReleased", "ExecutePreprocessor", "Execute", "ClearSolutions", "ClearHiddenTests", "Sandbox")


def digests(course: Course, name: str) -> dict[str, str]:
    """Return a digest a student: it changes with the submission, and with what is common to all."""
    common = common_digest(course, name)
    return {student: submission_digest(course.submitted / student / name, common) for student in course.students(name)}


def outdated(course: Course, name: str) -> list[str]:
    """Return the students whose points could differ if they were graded now."""
    known = results.load(course, name)
    return [student for student, digest in digests(course, name).items()
            if student not in known or known[student].digest != digest]


def submission_digest(folder: Path, common: str) -> str:
    """Return a digest of the files of a submission; when it was handed in changes no point."""
    sha = hashlib.sha256(common.encode())
    try:
        for path in files_in(folder):
            if path.name != "timestamp.txt":
                _add(sha, str(path.relative_to(folder)), file_digest(path))
    except (SubmissionError, OSError) as error:  # it is not graded, whatever it holds
        _add(sha, "refused", str(error).encode())
    return sha.hexdigest()


def tests_digest(course: Course, name: str) -> str:
    """Return a digest of what the instructor wrote: tests, points, solutions."""
    return hashlib.sha256(_json(assignment_parts(course, name))).hexdigest()


def common_digest(course: Course, name: str) -> str:
    """Return a digest of tests, settings, grader, libraries: of all but the submission."""
    sha = hashlib.sha256()
    _add(sha, "assignment", _json(assignment_parts(course, name)))
    config = course.config()
    for section in SETTINGS:
        _add(sha, section, _json(config[section]))
    _add(sha, "versions", _json(versions()))
    for module, path in sorted(deciding_modules().items()):
        _add(sha, module, path.read_bytes())
    for package in config.Sandbox.get("packages", ()):
        for path in source_files(package):
            _add(sha, f"{package}/{path.name}", path.read_bytes())
    return sha.hexdigest()


def assignment_parts(course: Course, name: str, placed: bool = True) -> list[Any]:
    """Return the parts of the instructor's notebooks that can change a point; text between the tasks cannot.

    `placed` says whether the places of the test cells are among them.
    """
    parts: list[Any] = []
    for notebook, assignment in assignments.read_all(course, name).items():
        cells = [[label, cell.cell_type, cell.source, dict(cell.metadata.nbgrader)]
                 for label, cell in assignment.released.items() if cell.metadata.nbgrader.grade
                 or cell.metadata.nbgrader.solution or cell.cell_type == "code"]
        files = {path: hashlib.sha256(content).hexdigest() for path, content in assignment.files.items()}
        parts += [notebook, cells, assignment.setup, assignment.solutions, assignment.refused, files]
        if placed:
            parts.append({label: place.where for label, place in assignment.places.items()})
    return parts


@cache
def deciding_modules() -> dict[str, Path]:
    """Return the modules of this package that grading imports, directly or through others, with their files."""
    found: dict[str, Path] = {}
    waiting = list(ROOTS)
    while waiting:
        module = waiting.pop()
        if module in found or module.startswith(AFTERWARDS):
            continue
        path = module_file(module)
        if path is not None:
            found[module] = path
            waiting += [name for name in imported_names(path) if name.split(".")[0] == PACKAGE]
    return found


@cache
def versions() -> dict[str, str]:
    """Return the version of Python and of each installed package that the deciding modules import."""
    names: set[str] = set()
    for path in deciding_modules().values():
        names.update(name.split(".")[0] for name in imported_names(path))
    known = packages_distributions()
    found = {"python": sys.version.split()[0]}
    for name in sorted(names - set(sys.stdlib_module_names) - {PACKAGE}):
        for distribution in known.get(name, ()):
            try:
                found[distribution] = version(distribution)
            except PackageNotFoundError:
                continue
    return found


def module_file(module: str) -> Path | None:
    """Return the file of a module of this package; None for a name that is no module, such as a function's."""
    path = ROOT.joinpath(*module.split(".")[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def imported_names(path: Path) -> frozenset[str]:
    """Return the names that a file imports anywhere: each module, and what is taken from it, which may be one, too."""
    return frozenset(_imports(ast.parse(path.read_text(encoding="utf-8"))))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def source_files(package: str) -> list[Path]:
    """Return the Python files of a package that notebooks import."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    found: list[Path] = []
    for folder in folders:
        found += sorted(Path(folder).rglob("*.py"))
    return found


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=str).encode()


def _add(sha: Any, name: str, content: bytes) -> None:
    sha.update(os.fsencode(name) + b"\0" + hashlib.sha256(content).digest())

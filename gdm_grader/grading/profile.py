"""The kernels of a course: what nbgrader_config.py says of them, and the referee's server in each."""

import os
import sys
import sysconfig
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.errors import ClassError
from gdm_grader.referee import KERNEL_SERVER
from gdm_grader.sandbox.inside import allowlist
from gdm_grader.sandbox.profile import Profile


def profile(course: Course) -> Profile:
    """Read `c.Sandbox.packages` and `c.Sandbox.preload`; both are empty unless the course sets them."""
    section = course.config().Sandbox
    return Profile(tuple(section.get("packages", ())), tuple(section.get("preload", ())), KERNEL_SERVER)


def refuse_closed(course: Course) -> None:
    """ClassError if root grades, and what notebooks import is closed to others: as one of these their code runs.

    It is where packages were installed, or the checkout was made, under a umask such as 027 or 077.
    """
    if os.geteuid() != 0:
        return
    library = Path(sysconfig.get_path("purelib"))
    packages = [Path(allowlist.folder_of(name)) for name in profile(course).packages]
    paths = [Path(sys.prefix), library, *library.parents, *library.iterdir()]
    for package in packages:
        paths += [package, *package.rglob("*")]
    tops = [*packages, Path(sys.prefix)]
    for path in paths:
        top = next((top for top in tops if path.is_relative_to(top)), None)
        if top is None or "__pycache__" in path.parts or not path.exists():
            continue
        wanted = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & wanted != wanted:
            raise ClassError(f"Expected that everybody may read what notebooks import, but {path} is closed: students' "
                             f"code runs as a user without rights. Run `chmod -R a+rX '{top}'`, then the same command.")


def refuse_exposed(course: Course) -> None:
    """ClassError if students' code could read the class, the solutions or the home of the user who grades."""
    readable = allowlist.read_only(profile(course).packages)
    for what, path in (("class", course.classroom), ("solutions", course.solutions), ("home", Path.home())):
        for folder in readable:
            if path.resolve().is_relative_to(folder):
                raise ClassError(f"Expected the {what} outside of what students' code may read, but {path.resolve()} "
                                 f"lies in {folder}. Move it, or install Python elsewhere.")

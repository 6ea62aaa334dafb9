"""The kernels of a course: what nbgrader_config.py says of them, and the referee's server in each."""

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


def refuse_exposed(course: Course) -> None:
    """ClassError if students' code could read the class, the solutions or the home of the user who grades."""
    readable = allowlist.read_only(profile(course).packages)
    for what, path in (("class", course.classroom), ("solutions", course.solutions), ("home", Path.home())):
        for folder in readable:
            if path.resolve().is_relative_to(folder):
                raise ClassError(f"Expected the {what} outside of what students' code may read, but {path.resolve()} "
                                 f"lies in {folder}. Move it, or install Python elsewhere.")

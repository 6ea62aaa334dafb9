"""The kernels of a course: what nbgrader_config.py says of them, and the referee's server in each."""

from gdm_grader.course.course import Course
from gdm_grader.referee import KERNEL_SERVER
from gdm_grader.sandbox.profile import Profile


def profile(course: Course) -> Profile:
    """Read `c.Sandbox.packages` and `c.Sandbox.preload`; both are empty unless the course sets them."""
    section = course.config().Sandbox
    return Profile(tuple(section.get("packages", ())), tuple(section.get("preload", ())), KERNEL_SERVER)

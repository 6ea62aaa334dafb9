"""A student's page, written from what the gradebook says now."""

from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.feedback import marks, page


def write_page(student: str, course: Course, name: str = "tiny") -> Path:
    """Write the pages of one student; return the first."""
    [found] = marks.read(course, name, [student])
    return page.write(found, course, name)

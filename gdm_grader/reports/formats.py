"""The forms in which grades are exported and feedback is sent back."""

from enum import StrEnum


class Format(StrEnum):
    """nbgrader's columns, or those that a learning platform imports."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"


class Target(StrEnum):
    """The destination of feedback: a zip that a platform takes, nbgrader's exchange, or a folder for a mail merge."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    NBGRADER = "nbgrader"
    MAIL = "mail"

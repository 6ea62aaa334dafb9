"""The kinds of CSV that grades are exported to."""

from enum import StrEnum


class Format(StrEnum):
    """nbgrader's columns, or those that a learning platform imports."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"


class Target(StrEnum):
    """Where feedback goes back to: a zip that a platform takes, nbgrader's exchange, or a folder for a mail merge."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    NBGRADER = "nbgrader"
    MAIL = "mail"

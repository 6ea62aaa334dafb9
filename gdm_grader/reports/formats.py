"""The kinds of CSV that grades are exported to."""

from enum import StrEnum


class Format(StrEnum):
    """nbgrader's columns, or those that a learning platform imports."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"

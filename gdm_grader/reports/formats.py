"""The forms in which grades are exported and feedback is sent back."""

from enum import StrEnum


class Format(StrEnum):
    """nbgrader's columns, those that a learning platform imports, or a list of the class of any other kind."""

    CSV = "csv"
    CANVAS = "canvas"
    MOODLE = "moodle"
    BLACKBOARD = "blackboard"
    BRIGHTSPACE = "brightspace"
    LIST = "list"


class Target(StrEnum):
    """The destination of feedback: a zip that a platform takes, nbgrader's exchange, or a folder for a mail merge."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    NBGRADER = "nbgrader"
    MAIL = "mail"


class Order(StrEnum):
    """The order of the students in a report."""

    STUDENT = "student"
    NAME = "name"
    TOTAL = "total"
    LATE = "late"

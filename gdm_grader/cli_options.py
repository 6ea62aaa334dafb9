"""The parts that the commands share: the console, common options, and the class that a command is about."""

import os
import stat
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import typer

from gdm_grader import logs
from gdm_grader.course.course import Course
from gdm_grader.course.disk.trouble import work_in
from gdm_grader.errors import PARTLY, ClassError, InputError, is_spoiled, sentence_for
from gdm_grader.intake.clean import printable
from gdm_grader.logs import PlainConsole

console = PlainConsole()
SHARED_UMASK = 0o002  # the group may do what the owner may

Name = Annotated[str, typer.Argument(help="The assignment, a folder beside the other ones' sources.")]
Classroom = Annotated[Path | None, typer.Option("--class", envvar="GDM_CLASS",
                                                help="The class's folder: submitted/, feedback/, gradebook.db.")]
Workers = Annotated[int, typer.Option(min=1, help="How many notebooks are worked on at the same time.")]
Zone = Annotated[str | None, typer.Option(metavar="ZONE", help="Where a time without a zone was written, such as "
                                                        "Europe/Berlin; by default this machine's.")]
TeamsOption = Annotated[Path | None, typer.Option(help="A table of two columns, a team and one of its members in each "
                                                       "line; kept with the class.")]


def class_of(classroom: Path | None) -> Course:
    """Find the course with this class, and log into the class's folder from now on.

    Where a group may write to that folder, it may write to all that this command makes there.
    """
    course = Course.find(classroom)
    if course.classroom.is_dir() and course.classroom.stat().st_mode & stat.S_IWGRP:
        os.umask(SHARED_UMASK)
    logs.log_into(course.log)
    work_in(course.gradebook, course.classroom)
    return course


def shown(path: Path) -> str:
    """The path as seen from here, when it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def say(text: str, style: str | None = None) -> None:
    """Print one line, whatever stands in it."""
    console.print(printable(text), soft_wrap=True, style=style)


def warn(text: str) -> None:
    say(text, "yellow")


def partly() -> typer.Exit:
    return typer.Exit(PARTLY)


def zone_of(name: str | None) -> tzinfo | None:
    """The zone of this name; without a name None, this machine's."""
    if not name:
        return None
    if name not in available_timezones():
        raise InputError(f"Expected a zone such as Europe/Berlin or UTC, got {name!r}.")
    return ZoneInfo(name)


def local(when: datetime, zone: str | None) -> str:
    """A time as the class reads it, and in UTC."""
    here = when.astimezone(zone_of(zone))
    return f"{here:%A, %Y-%m-%d at %H:%M %Z} ({when:%Y-%m-%d %H:%M} UTC)"


def keep_teams(course: Course, path: Path | None, keep: bool = True) -> dict[str, list[str]]:
    """Return the class's teams, after those in the file have replaced the known ones."""
    from dataclasses import replace

    from gdm_grader.course import settings
    from gdm_grader.intake.roster.people import read_teams

    if path is None:
        return settings.load(course.classroom).teams
    teams = read_teams(path)
    if keep:
        settings.change(course.classroom, lambda now: replace(now, teams=teams))
    return teams


def settled(course: Course, name: str) -> bool:
    """Bring due date, times and penalties up to date, unless another gdm is at work and does so.

    Where they cannot be written, say why and return False: what only reads goes on with what is there.
    """
    from sqlalchemy.exc import DBAPIError

    from gdm_grader.grading.cohort import alone
    from gdm_grader.records.late import apply_late

    try:
        with suppress(ClassError), alone(course):
            apply_late(course, name)
            follow_up(course, name)
    except (DBAPIError, OSError) as error:
        sentence = sentence_for(error)
        if sentence is None or is_spoiled(getattr(error, "orig", None)):
            raise
        warn(f"Points may lack what changed in due dates, times and the rule for late work. {sentence}")
        return False
    return True


def follow_up(course: Course, name: str) -> None:
    """Name whose points late work changed, keep that with the changes, and write their feedback again, if there is one.

    After a kill the next command does this.
    """
    from gdm_grader.course.disk import journal
    from gdm_grader.grading.cohort import write_feedback
    from gdm_grader.records.regrade import changes as record

    changes = record.by_late_work(course, name)
    changed = record.of_late_work(course, name, changes)
    if changed:
        record.write(course, name, changed)
    for line in changed:
        say(str(line))
    pages = [change.student for change in changes if (course.feedback / change.student).is_dir()]
    if pages:
        write_feedback(course, name, pages, 1, console)
    journal.end(course.journal(name))

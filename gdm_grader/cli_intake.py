"""Commands that take the class in: collect, due, extend."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from gdm_grader.cli_options import (
    Classroom,
    Name,
    TeamsOption,
    Zone,
    class_of,
    console,
    follow_up,
    keep_teams,
    local,
    partly,
    say,
    shown,
    warn,
    zone_of,
)
from gdm_grader.errors import GraderError, reported


def collect(name: Name,
            source: Annotated[Path, typer.Argument(help="The zip that Canvas, Moodle, Blackboard or Brightspace hands "
                                                        "out, nbgrader's inbound/, or a folder STUDENT/NAME.ipynb.")],
            classroom: Classroom = None,
            roster: Annotated[Path | None, typer.Option("--roster", "--times", help="The class with the times of "
                                                        "handing in: Moodle's grading worksheet, or a table with a "
                                                        "column submitted_at.")] = None,
            teams: TeamsOption = None, zone: Zone = None,
            replace: Annotated[bool, typer.Option("--replace", help="Take what is in SOURCE even where nothing tells "
                                                                    "that it is newer.")] = False,
            dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
            ) -> None:
    """Take submissions in. A newer one replaces an older; whoever cannot be taken is named, the class goes on.

    Exit status: 0 if everything was taken, 3 if somebody was left out, who is named, 1 if nothing could be done.
    """
    from gdm_grader.grading.cohort import alone
    from gdm_grader.intake import collect as intake
    from gdm_grader.intake.roster.roster import read_roster
    from gdm_grader.records.late import apply_late

    with reported():
        course = class_of(classroom)
        how = intake.Intake(replace, dry_run, read_roster(roster) if roster else None, zone_of(zone),
                            keep_teams(course, teams, keep=not dry_run))
        with nullcontext() if dry_run else alone(course):
            taken = intake.collect(course, name, source, how)
            if not dry_run:
                apply_late(course, name)
                follow_up(course, name)
    for line in taken:
        if line.why is not None:
            say(f"{line.student}: {line.status}: {line.why}",
                "yellow" if line.status in intake.NOT_TAKEN else None)
    by_name = [line.student for line in taken if line.by_name]
    if by_name:
        say(f"{len(by_name)} are the students of other assignments by their names alone: {', '.join(by_name)}. Moodle "
            f"numbers people anew in each assignment; the grading worksheet of {name} as --roster tells two people of "
            "one name apart.")
    counts = dict.fromkeys(intake.STATUSES, 0)
    for line in taken:
        counts[line.status] += 1
    console.print(", ".join(f"{count} {status}" for status, count in counts.items() if count)
                  + ("; nothing was written" if dry_run else f"; in {shown(course.submitted)}"))
    if any(line.status in intake.NOT_TAKEN for line in taken):
        raise partly()


def due(name: Name,
        date: Annotated[str | None, typer.Argument(help="Such as 2026-12-01, the end of that day, or '2026-12-01 23:59 "
                                                        "Europe/Berlin'; without a zone it is this machine's.")] = None,
        classroom: Classroom = None, zone: Zone = None,
        percent: Annotated[float | None, typer.Option(min=0, max=100, help="Take this part of the points off for each "
                                                                           "day begun.")] = None,
        free_days: Annotated[float | None, typer.Option(min=0, help="Days of this assignment that cost nothing.")
                             ] = None,
        grace: Annotated[float | None, typer.Option(min=0, help="Minutes after the date that still count as in time.")
                         ] = None,
        floor: Annotated[float | None, typer.Option(min=0, max=100, help="The part of the points, in percent, that "
                                                                         "remains however late.")] = None,
        remove: Annotated[bool, typer.Option("--remove", help="There is no due date, and no rule.")] = False) -> None:
    """Set or show the due date and the rule for late work. Points follow at once; nothing is graded again."""
    from gdm_grader.grading.cohort import alone
    from gdm_grader.records import late

    given = {"percent": percent, "free_days": free_days, "grace_minutes": grace, "floor": floor}
    stated = {key: value for key, value in given.items() if value is not None}
    with reported():
        if remove and (date or stated):
            raise GraderError("Expected either --remove, or a date and a rule; got both.")
        course = class_of(classroom)
        course.source(name)
        with alone(course):
            if remove:
                late.remove_due(course, name)
                late.set_rule(course, name, None)
            if date is not None:
                late.set_due(course, name, date, zone_of(zone))
            if stated:
                old = late.rule_of(course, name) or late.Rule()
                late.set_rule(course, name, late.Rule(**{**vars(old), **stated}))
            when, rule = late.due_of(course, name), late.rule_of(course, name)
            say(f"{name} is due on {local(when, zone)}" if when else f"{name} has no due date")
            if rule:
                say(f"late work: {rule}")
            follow_up(course, name)


def extend(name: Name, student: Annotated[str, typer.Argument(help="The student's folder in submitted/.")],
           date: Annotated[str | None, typer.Argument(help="As for gdm due.")] = None,
           classroom: Classroom = None, zone: Zone = None,
           remove: Annotated[bool, typer.Option("--remove", help="Take the extension back.")] = False) -> None:
    """Give one student a later date. Points follow at once; nothing is graded again."""
    from gdm_grader.grading.cohort import alone
    from gdm_grader.records import late

    with reported():
        if (date is None) != remove:
            raise GraderError(f"Expected a date, or --remove: `gdm extend {name} {student} 2026-12-08`.")
        course = class_of(classroom)
        course.source(name)
        known = sorted({path.name for path in course.submitted.glob("*") if path.is_dir()})
        who = _student(student, known)
        with alone(course):
            when = late.extend(course, name, who, date, zone_of(zone))
            if when is None:
                say(f"{who} has no extension of {name}")
            else:
                say(f"{who} has until {local(when, zone)} for {name}")
            if who not in course.students(name):
                warn(f"{who} has not handed {name} in yet; the date is kept")
            follow_up(course, name)


def _student(given: str, known: list[str]) -> str:
    """Return the student's folder, given its name or a part of it that no other has."""
    if given in known:
        return given
    fitting = [student for student in known if given.casefold() in student.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    some = ", ".join((fitting or known)[:10])
    raise GraderError(f"Expected the name of one folder in submitted/, got {given!r}. "
                      + (f"There are {some}." if some else "There are none: collect first."))


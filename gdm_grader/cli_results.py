"""Commands for the results of grading: history, feedback, report, export."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from gdm_grader.cli_options import (
    Classroom,
    Name,
    TeamsOption,
    Workers,
    class_of,
    console,
    keep_teams,
    partly,
    say,
    settled,
    shown,
    warn,
)
from gdm_grader.course import settings
from gdm_grader.course.course import Course
from gdm_grader.errors import GraderError, InputError, reported
from gdm_grader.intake.clean import amount
from gdm_grader.reports.formats import Format, Order, Target

DIGEST_CHARS = 8  # of a digest, enough to tell two apart
MOST_CHANGES = 20  # lines; more are counted
MOST_WAITING = 10  # students named


def history(name: Name, student: Annotated[str, typer.Argument(help="The student's folder in submitted/.")],
            classroom: Classroom = None) -> None:
    """Show what a submission got at each grading, by which tests, from which seed."""
    from gdm_grader.records.regrade import history as records

    with reported():
        entries = records.read(class_of(classroom), name, student)
        if not entries:
            raise InputError(f"Expected a student whose submission of {name} was graded, got {student!r}.")
    for entry in entries:
        line = (f"{entry.at}  {entry.points:g} points  tests {entry.tests[:DIGEST_CHARS]}  "
                f"work {entry.work[:DIGEST_CHARS]}  seed {entry.seed}")
        for cell, score in sorted(entry.by_hand.items()):
            line += f"  {cell} {score:g} by hand"
        say(line if entry.broken is None else f"{line}  {entry.broken}")


def feedback(name: Name, classroom: Classroom = None, workers: Workers = 2,
             book: Annotated[str | None, typer.Option(metavar="URL", help="Where the book is published, for the links; "
                                                                          "kept with the class.")] = None,
             target: Annotated[Target | None, typer.Option("--for", help="Also write what Moodle (feedback files) or "
                                                           "Canvas (re-upload submissions) takes, what nbgrader's "
                                                           "release_feedback reads, or a folder for a mail merge.")
                               ] = None,
             roster: Annotated[Path | None, typer.Option(help="For a mail merge: the class with its addresses.")
                               ] = None,
             teams: TeamsOption = None) -> None:
    """Write everyone's HTML feedback again, for instance after grading something by hand, and send it back."""
    from gdm_grader.grading.cohort import alone, write_feedback
    from gdm_grader.intake.roster.roster import read_roster
    from gdm_grader.records import gradebook, results
    from gdm_grader.reports.returning import send_back

    with reported():
        course = class_of(classroom)
        gradebook.expect(course)
        up_to_date = settled(course, name)
        with alone(course):
            if book:
                _keep_book(course, book)
            complete = write_feedback(course, name, results.load(course, name), workers, console)
        if not complete:
            raise GraderError(f"Some pages could not be written; {shown(course.log)} says why.")
        say(f"feedback is in {shown(course.feedback)}")
        if target is None and not up_to_date:
            raise partly()
        if target is None:
            return
        done = send_back(course, name, target, read_roster(roster) if roster else None, keep_teams(course, teams))
        outdated = _say_outdated(course, name)
    for line in done.complaints:
        warn(line)
    say(f"feedback of {amount(done.students, 'student')} for {target}: {shown(done.path)}")
    if done.complaints or outdated or not up_to_date:
        raise partly()


def _keep_book(course: Course, address: str) -> None:
    if not address.startswith(("https://", "http://")):
        raise InputError(f"Expected the address of the published book, such as https://.../book, got {address!r}.")
    settings.change(course.classroom, lambda now: replace(now, book=address))


def report(name: Name, classroom: Classroom = None,
           order: Annotated[Order, typer.Option("--sort", help="How the students are sorted.")] = Order.STUDENT,
           roster: Annotated[Path | None, typer.Option(help="A list of the class, for the students' names; kept with "
                                                            "the class, and in nbgrader's gradebook.")] = None,
           teams: TeamsOption = None) -> None:
    """Print the points per task and student; write the class's page: what is hard, what is misunderstood, by whom."""
    from gdm_grader.intake.roster.roster import read_roster
    from gdm_grader.records import names
    from gdm_grader.reports import class_page
    from gdm_grader.reports.table import show

    with reported():
        course = class_of(classroom)
        settled(course, name)
        if roster:
            names.keep_names(course, name, read_roster(roster), keep_teams(course, teams))
        show(course, name, console, order)
        path = class_page.write(course, name, order)
        _say_outdated(course, name)
        page = f"{name}.html" if course.notebooks(name) == [name] else ""  # several notebooks have a page each
    console.print(f"the class's page: {shown(path)}\n"
                  f"feedback:         {shown(course.feedback)}/STUDENT/{name}/{page}")


def export(name: Name, classroom: Classroom = None,
           kind: Annotated[Format | None, typer.Option("--format", help="nbgrader's columns, or what a platform "
                                                                        "imports; by default what the roster is.")
                          ] = None,
           roster: Annotated[Path | None, typer.Option(help="The class as Canvas (gradebook), Moodle (grading "
                                                            "worksheet or grades), Blackboard or Brightspace exports "
                                                            "it, or another table with a line a person.")] = None,
           column: Annotated[str | None, typer.Option(help="The title of the assignment's column, where it is not its "
                                                           "name.")] = None,
           cap: Annotated[bool, typer.Option("--cap", help="Write the roster's maximum where the points are above it: "
                                                           "Moodle skips these.")] = False,
           teams: TeamsOption = None) -> None:
    """Write the grades as CSV, for nbgrader's tools or a platform. The roster stays as it is but for the grades.

    Exit status: 0 if everyone's points got into the file, 3 if somebody was left out or will be skipped, or points are
    not up to date.
    """
    from gdm_grader.records.points import class_points
    from gdm_grader.reports.export import export as exported

    with reported():
        course = class_of(classroom)
        up_to_date = settled(course, name)
        done = exported(course, name, kind, roster, column, cap, keep_teams(course, teams))
        outdated = _say_outdated(course, name)
        waiting = class_points(course, name).waiting
        if waiting:
            some = ", ".join(sorted(waiting)[:MOST_WAITING]) + (", ..." if len(waiting) > MOST_WAITING else "")
            done.warnings.append("nobody has graded the waiting answers by hand yet, so the points of "
                                 f"{amount(len(waiting), 'student')} are not final: {some}")
    for line in [*done.warnings, *done.complaints]:
        warn(line)
    for line in done.changes[:MOST_CHANGES]:
        say(line)
    if len(done.changes) > MOST_CHANGES:
        say(f"and {len(done.changes) - MOST_CHANGES} more")
    changed = f", {len(done.changes)} of them changed" if roster and kind is not Format.CSV else ""
    say(f"{amount(done.written, 'grade')}{changed}: {shown(done.path)}")
    if done.complaints or done.warnings or outdated or not up_to_date:
        raise partly()


def _say_outdated(course: Course, name: str) -> bool:
    """Name the submissions whose points are not those of what was handed in last; return True if there are any."""
    from gdm_grader.reports.checks.standing import reasons

    said = reasons(course, name)
    for line in said:
        warn(line)
    return bool(said)

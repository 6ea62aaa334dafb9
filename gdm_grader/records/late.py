"""Late work: due dates, extensions, the rule that takes points off; nothing is graded again for any of them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import Any

from nbformat.v4 import new_notebook
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import contains_eager

from gdm_grader.course import settings
from gdm_grader.course.course import Course
from gdm_grader.course.disk import journal
from gdm_grader.errors import InputError
from gdm_grader.intake.clean import amount
from gdm_grader.intake.roster import dates
from gdm_grader.intake.times import timestamp
from gdm_grader.records import gradebook

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rule:
    """The deduction for lateness: `percent` of the student's points for each day begun after `free_days`.

    Who is at most `grace_minutes` late is in time; of the points at least `floor` percent remain.
    """

    percent: float = 0.0
    free_days: float = 0.0
    grace_minutes: float = 0.0
    floor: float = 0.0

    def days(self, delay: timedelta) -> int:
        """The days begun, 0 within the grace."""
        return 0 if delay <= timedelta(minutes=self.grace_minutes) else ceil(delay / DAY)

    def penalty(self, points: float, days: int) -> float:
        """The points that are taken off, to the cent."""
        share = min(max(0.0, days - self.free_days) * self.percent, 100.0 - self.floor) / 100
        return round(points * share, 2)

    def __str__(self) -> str:
        parts = [f"{self.percent:g} % of the points for each day begun"]
        if self.free_days:
            parts.append(f"{amount(self.free_days, 'day')} free")
        if self.grace_minutes:
            parts.append(f"{amount(self.grace_minutes, 'minute')} of grace")
        if self.floor:
            parts.append(f"at least {self.floor:g} % remain")
        return ", ".join(parts)


@dataclass(frozen=True)
class Late:
    """The lateness of one submission: `days` begun, 0 in time; `known` is whether its time is; `penalty` in points."""

    days: int
    known: bool
    penalty: float
    extended: bool = False


@dataclass(frozen=True)
class Change:
    """A student whose points, with what is taken off, changed."""

    student: str
    before: float
    after: float


def rule_of(course: Course, name: str) -> Rule | None:
    """The class's rule for an assignment; None where nbgrader's own (LateSubmissionPlugin) applies."""
    stored = settings.load(course.classroom).late.get(name)
    return Rule(**stored) if stored is not None else None


def due_of(course: Course, name: str) -> datetime | None:
    """Return the due date that the class has for an assignment; None if none was set."""
    text = settings.load(course.classroom).due.get(name)
    return dates.exact(text) if text else None


def set_due(course: Course, name: str, text: str, zone: tzinfo | None = None) -> datetime:
    """Keep the due date with the class; a date alone is the end of that day. Points follow."""
    course.source(name)
    when = dates.moment(text, zone)
    settings.change(course.classroom, lambda now: replace(now, due=now.due | {name: when.isoformat()}))
    apply_late(course, name)
    return when


def remove_due(course: Course, name: str) -> None:
    """Nobody is late without a due date; the extensions go with it."""
    settings.change(course.classroom, lambda now: replace(now, due=_without(now.due, name),
                                                          extensions=_without(now.extensions, name)))
    if gradebook.exists(course):
        with Gradebook(course.db_url) as book:
            for assignment in book.db.query(Assignment).filter(Assignment.name == name):
                assignment.duedate = None
            for submission in _submissions(book, name):
                submission.assignment.extension = None
            book.db.commit()
    apply_late(course, name)


def set_rule(course: Course, name: str, rule: Rule | None) -> None:
    """Keep the rule with the class; None gives the assignment back to nbgrader's own."""
    course.source(name)
    own = {name: asdict(rule)} if rule else {}
    settings.change(course.classroom, lambda now: replace(now, late=_without(now.late, name) | own))
    apply_late(course, name)


def extend(course: Course, name: str, student: str, text: str | None, zone: tzinfo | None = None) -> datetime | None:
    """Give one student a later date, or with None take it back; points follow."""
    due = due_of(course, name)
    if due is None:
        raise InputError(f"Expected a due date that can be extended, {name} has none. Run `gdm due {name} DATE` first.")
    when = dates.moment(text, zone) if text is not None else None
    if when is not None and when < due:
        raise InputError(f"Expected a date after the due date, {due:%Y-%m-%d %H:%M} UTC, got "
                         f"{when:%Y-%m-%d %H:%M} UTC.")
    new = {student: when.isoformat()} if when is not None else {}

    def with_date(now: settings.Settings) -> settings.Settings:
        """Return the settings with the student's date, or without one."""
        others = _without(now.extensions.get(name, {}), student)
        return replace(now, extensions=now.extensions | {name: others | new})

    settings.change(course.classroom, with_date)
    if when is None and gradebook.exists(course):
        with Gradebook(course.db_url) as book:
            for submission in _submissions(book, name):
                if submission.assignment.student_id == student:
                    submission.assignment.extension = None
            book.db.commit()
    apply_late(course, name)
    return when


def _without(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def put_due(course: Course, name: str) -> None:
    """Write the class's due date into the gradebook, if one was set."""
    due = due_of(course, name)
    if due is None:
        return
    with Gradebook(course.db_url) as book:
        for assignment in book.db.query(Assignment).filter(Assignment.name == name):
            assignment.duedate = gradebook.naive(due)
        book.db.commit()


def apply_late(course: Course, name: str, only: Collection[str] | None = None) -> None:
    """Write due date, times, extensions and penalties into the gradebook as they are now.

    `only` of these students, whose grading goes on; by default of all, and whose points change is in the journal then.
    """
    if not gradebook.exists(course):
        return
    put_due(course, name)
    rule, extensions = rule_of(course, name), settings.load(course.classroom).extensions.get(name, {})
    due, by_nbgrader = due_of(course, name), list[str]()
    with Gradebook(course.db_url) as book:
        scores = _scores(book, name, only)
        penalties: dict[str, float] = {}
        owed: dict[str, float] = {}
        for notebook in _submissions(book, name, only):
            submission = notebook.assignment
            student = submission.student_id
            if student in penalties:  # a further notebook of the same submission: the first one bears it all
                penalties[student] += notebook.late_submission_penalty or 0.0
                if rule is not None:
                    notebook.late_submission_penalty = None
                continue
            when = timestamp(course.submitted / student / name)
            submission.timestamp = gradebook.naive(when) if when else None
            if student in extensions and due is not None:
                submission.extension = max(timedelta(), dates.exact(extensions[student]) - due)
            penalties[student] = notebook.late_submission_penalty or 0.0
            delay = _delay(submission)
            if rule is not None:
                owed[student] = rule.penalty(scores.get(student, 0.0), rule.days(delay))
                notebook.late_submission_penalty = owed[student] or None
            elif delay > timedelta() or notebook.late_submission_penalty:
                by_nbgrader.append(student)
        changing = {student: max(0.0, scores.get(student, 0.0) - penalty) for student, penalty in penalties.items()
                    if penalty != owed.get(student, penalty) or student in by_nbgrader}
        if only is None:
            journal.keep_points(course.journal(name), changing)
        book.db.commit()
    for student in by_nbgrader:
        _by_nbgrader(course, name, student)


def lateness(course: Course, name: str, only: Collection[str] | None = None) -> dict[str, Late]:
    """Return the lateness of each recorded submission, and what it costs; `only` of these students, or of all."""
    rule = rule_of(course, name) or Rule()
    found: dict[str, Late] = {}
    with gradebook.open_gradebook(course) as book:
        for notebook in _submissions(book, name, only):
            submission = notebook.assignment
            other = found.get(submission.student_id)
            penalty = (notebook.late_submission_penalty or 0.0) + (other.penalty if other else 0.0)
            found[submission.student_id] = Late(rule.days(_delay(submission)), submission.timestamp is not None,
                                                penalty, bool(submission.extension))
    return found


def days_late(course: Course, name: str) -> dict[str, int]:
    """Return the days begun of each student who was late; extensions count."""
    late = lateness(course, name)
    return {student: late[student].days for student in sorted(late) if late[student].days}


def _delay(submission: SubmittedAssignment) -> timedelta:
    """Return the time from the due date, with its extension, to the handing in; zero where either is unknown."""
    due = submission.assignment.duedate
    if submission.timestamp is None or due is None:
        return timedelta()
    return max(timedelta(), submission.timestamp - due - (submission.extension or timedelta()))


def _submissions(book: Gradebook, name: str, only: Collection[str] | None = None) -> list[SubmittedNotebook]:
    """Everyone's notebook, or that of `only` these students, with its submission and assignment, in one query."""
    query = book.db.query(SubmittedNotebook)
    query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id).filter(Assignment.name == name)
    if only is not None:
        query = query.filter(SubmittedAssignment.student_id.in_(only))
    loaded = contains_eager(SubmittedNotebook.assignment).contains_eager(SubmittedAssignment.assignment)
    return query.options(loaded).order_by(SubmittedNotebook.id).all()


def _scores(book: Gradebook, name: str, only: Collection[str] | None) -> dict[str, float]:
    scores: dict[str, float] = {}
    for grade in gradebook.grades(book, name, only):
        scores[grade.student] = scores.get(grade.student, 0.0) + grade.score
    return scores


def _by_nbgrader(course: Course, name: str, student: str) -> None:
    """nbgrader's own rule (LateSubmissionPlugin in nbgrader_config.py; none by default)."""
    directory = CourseDirectory(config=course.config())
    for notebook in course.notebooks(name):
        where = {"student": student, "assignment": name, "notebook": notebook, "db_url": directory.db_url}
        AssignLatePenalties(parent=directory).preprocess(new_notebook(), {"nbgrader": where})


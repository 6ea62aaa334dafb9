"""The changes of a regrade: whose points, from what to what, and why; printed, and kept in a table."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.course.disk import journal, whole
from gdm_grader.intake.clean import defused
from gdm_grader.records import gradebook, results
from gdm_grader.records.late import Change, Late, Rule, lateness, rule_of
from gdm_grader.records.points import counted
from gdm_grader.records.regrade import history
from gdm_grader.records.regrade.history import Grading

CHANGES_COLUMNS = ("time", "student", "before", "after", "why")
MAX_NAMED_CELLS = 6  # in one sentence; more are counted


@dataclass(frozen=True)
class Origin:
    """The grounds of a grading: digests of the tests and of each student's files."""

    tests: str
    work: Mapping[str, str]


@dataclass(frozen=True)
class Score:
    """The points of one cell: the tests' and a person's, None where there are none."""

    auto: float | None
    by_hand: float | None

    @property
    def counts(self) -> float:
        return (self.by_hand if self.by_hand is not None else self.auto) or 0.0


Scores = dict[str, dict[str, Score]]


@dataclass(frozen=True)
class Changed:
    """A student whose points changed; `again` if other files were handed in."""

    student: str
    before: float
    after: float
    why: str
    again: bool

    def __str__(self) -> str:
        lower = ", lower than before" if self.again and self.after < self.before else ""
        return f"{self.student}: {self.before:g} -> {self.after:g} points{lower}: {self.why}"


def scores(course: Course, name: str) -> Scores:
    """Return everyone's points by cell, as the gradebook has them."""
    if not gradebook.exists(course):
        return {}
    found: Scores = {}
    with gradebook.open_gradebook(course) as book:
        for row in gradebook.grades(book, name):
            found.setdefault(row.student, {})[row.cell] = Score(row.auto_score, row.manual_score)
    return found


def add_to_histories(course: Course, name: str, students: list[str], before: Scores, origin: Origin
         ) -> tuple[list[Changed], list[str]]:
    """Add to each student's history; return whose points changed, and the points by hand whose work changed.

    `before` is what `scores` said before these students were graded.
    """
    after, now = scores(course, name), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    changed: list[Changed] = []
    by_hand: list[str] = []
    for student in students:
        graded = results.find(course, name, student)
        if graded is None or graded.waits:
            continue
        own = after.get(student, {})
        earlier = history.read(course, name, student)
        last = earlier[-1] if earlier else None
        again = last is not None and last.work != origin.work[student]
        given = {cell: score.by_hand for cell, score in own.items() if score.by_hand is not None}
        entry = Grading(now, _total(own), graded.seed, origin.tests, origin.work[student], graded.digest,
                      dict(graded.scores), given, graded.broken)
        history.add(course, name, student, entry)
        if again:
            by_hand += [f"{student}, {cell}: {score:g} by hand stands, but the work under it changed; look at it again"
                        for cell, score in sorted(given.items())]
        if student in before and last is not None and _total(before[student]) != _total(own):
            why = _why(last, entry, before[student], own)
            changed.append(Changed(student, _total(before[student]), _total(own), why, again))
    return changed, by_hand


def write(course: Course, name: str, changed: list[Changed]) -> Path:
    """Add the changes to <class>/report/NAME-changes.csv, and return its path.

    What is there as a student's last change was written by a command that was killed before it was done.
    """
    path = course.reports / f"{name}-changes.csv"
    now, lines = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", io.StringIO(newline="")
    table, last = csv.writer(lines), _last_changes(path)
    if not path.is_file():
        table.writerow(CHANGES_COLUMNS)
    for one in changed:
        entry = [defused(one.student), f"{one.before:g}", f"{one.after:g}", defused(one.why)]
        if last.get(entry[0]) != entry:
            table.writerow((now, *entry))
    if lines.getvalue():
        whole.append(path, lines.getvalue())
    return path


def _last_changes(path: Path) -> dict[str, list[str]]:
    """Return each student's last line without its time."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row[1]: row[1:] for row in csv.reader(file) if len(row) == len(CHANGES_COLUMNS)}


def by_late_work(course: Course, name: str) -> list[Change]:
    """Return whose points were changed by a due date, an extension, a time or the rule for late work, by the journal.

    It is there until all is written that follows, after a kill as well.
    """
    before = journal.read(course.journal(name))
    now = counted(course, name) if before else {}
    return [Change(student, before[student], now[student]) for student in sorted(before.keys() & now.keys())
            if before[student] != now[student]]


def of_late_work(course: Course, name: str, changes: list[Change]) -> list[Changed]:
    """Say why what counts changed."""
    if not changes:
        return []
    found, rule = lateness(course, name), rule_of(course, name)
    return [Changed(one.student, one.before, one.after, _late(found.get(one.student), rule), False) for one in changes]


def _late(late: Late | None, rule: Rule | None) -> str:
    extension = ", with an extension" if late is not None and late.extended else ""
    if late is None or not late.penalty:
        return f"late work: nothing is taken off{extension}"
    days = f"{late.days} day" if late.days == 1 else f"{late.days} days"
    return f"late work: {days}{extension}, {late.penalty:g} taken off" + (f" ({rule})" if rule is not None else "")


def _total(cells: Mapping[str, Score]) -> float:
    return sum(score.counts for score in cells.values())


def _why(last: Grading, entry: Grading, before: Mapping[str, Score], after: Mapping[str, Score]) -> str:
    """Return the reasons, and the cells that they changed."""
    reasons = []
    if last.work != entry.work:
        reasons.append("handed in again")
    if last.tests != entry.tests:
        reasons.append("the tests changed")
    if last.seed != entry.seed:
        reasons.append("other inputs were drawn")
    if not reasons:
        reasons.append("the grader, a setting or a library changed" if last.digest != entry.digest else "graded again")
    if entry.broken is not None:
        reasons.append(entry.broken)
    cells = [_cell(cell, before.get(cell), after.get(cell)) for cell in dict.fromkeys([*before, *after])
             if before.get(cell) != after.get(cell)]
    named = ", ".join(cells[:MAX_NAMED_CELLS])
    if len(cells) > MAX_NAMED_CELLS:
        named += f" and {len(cells) - MAX_NAMED_CELLS} more"
    return f"{', '.join(reasons)} ({named})"


def _cell(cell: str, before: Score | None, after: Score | None) -> str:
    if before is None and after is not None:
        return f"{cell} is new: {after.counts:g}"
    if before is not None and after is None:
        return f"{cell} was removed: {before.counts:g}"
    assert before is not None
    assert after is not None
    return f"{cell} {before.counts:g} -> {after.counts:g}"

"""The class as a table: points per student and task, the total, and what an instructor should know."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gdm_grader.course.course import Course
from gdm_grader.intake import ledger
from gdm_grader.intake.clean import printable
from gdm_grader.records import gradebook, names, results
from gdm_grader.records.late import Late, due_of, lateness, rule_of
from gdm_grader.records.points import ClassPoints, class_points
from gdm_grader.records.results import Graded
from gdm_grader.reports.formats import Order

MOST_NAMES = 5  # students named below the table
MAX_NAME_COLUMNS = 18  # of a terminal, for a student's folder or name
WIDTH = 100  # columns where there is no terminal to ask


def show(course: Course, name: str, console: Console, order: Order = Order.STUDENT) -> None:
    """Print the class's table, a row a student, and below it what its columns cannot say."""
    points, known = class_points(course, name), results.load(course, name)
    if not console.is_terminal:
        console = Console(file=console.file, width=WIDTH)
    uploads = ledger.load(course.classroom).of(name)
    called_late = {student for student, upload in uploads.items() if upload.late and student in points.students}
    late = {student: one for student, one in lateness(course, name).items() if student in points.students}
    people = {student: person.full for student, person in names.load(course).items()}
    points = ordered(points, order, people, late)
    console.print(table(name, points, {student: remarks(result) for student, result in known.items()}, late,
                        called_late, people))
    if points.waiting:
        answers = sum(points.waiting.values())
        console.print(Text(f"waiting to be graded by hand: {answers} answers of {len(points.waiting)} students "
                           f"({_some(sorted(points.waiting))})"))
    rule, due = rule_of(course, name), due_of(course, name)
    unknown = sorted(student for student, one in late.items() if not one.known)
    if due is not None and unknown:
        console.print(Text(f"time unknown, so nobody is penalized: {len(unknown)} of {len(late)} ({_some(unknown)})"))
    resting = inside(course, name, known.values())
    if resting:
        console.print(Text(f"inside: {resting:g} of {sum(points.most.values()):g} points rest on the students' own "
                           "processes, which a student's code can tell what to say"))
    if rule is not None:
        console.print(Text(f"late work: {rule}"))


def inside(course: Course, name: str, graded: Iterable[Graded]) -> float:
    """Return how many points of an assignment rest on tests that ran in the students' own processes."""
    labels: set[str] = set()
    for one in graded:
        labels.update(one.inside)
    with gradebook.open_gradebook(course) as book:
        return sum(points for key, points in gradebook.most(book, name).items() if key in labels)


def _some(students: list[str]) -> str:
    return ", ".join(students[:MOST_NAMES]) + (", ..." if len(students) > MOST_NAMES else "")


def ordered(points: ClassPoints, order: Order, people: Mapping[str, str], late: Mapping[str, Late]) -> ClassPoints:
    """The same points with the students in this order; the alphabet decides where it does not."""
    students = sorted(points.students)
    if order is Order.NAME:
        students.sort(key=lambda student: people.get(student, student).casefold())
    if order is Order.TOTAL:
        students.sort(key=lambda student: sum(points.students[student].values()))
    if order is Order.LATE:
        students.sort(key=lambda student: -late[student].days if student in late else 0)
    return replace(points, students={student: points.students[student] for student in students})


def remarks(graded: Graded) -> str:
    """Return one cell of the table: why nothing could be graded, else what was mended or ran out of time."""
    if graded.waits:
        return "grader: could not be graded, through no fault of the student's; see the log"
    if graded.broken is not None:
        return graded.broken
    found = [remark.removesuffix(".") for remark in graded.remarks]
    if graded.fault is not None:
        found.insert(0, "grader: the points stand, but the diagnosis failed; see the log")
    return "; ".join(found)


def table(name: str, points: ClassPoints, notes: Mapping[str, str], late: Mapping[str, Late] | None = None,
          called_late: Collection[str] = (), people: Mapping[str, str] | None = None) -> Table:
    """The table; with somebody late it has a column that says by how much, and one of what remains of the points.

    A row is one line: a long remark is cut, and stands in full on the class's page. What a student wrote stands in it
    as text: it is no markup.
    """
    late, people = late or {}, people or {}
    is_late = called_late or any(one.days or one.penalty for one in late.values())
    total = sum(points.most.values())
    view = Table(title=f"{name}: points of {len(points.students)} students", show_footer=True, box=box.SIMPLE_HEAD,
                 padding=(0, 1, 0, 0), pad_edge=False)
    view.add_column("student", "class mean", no_wrap=True, max_width=MAX_NAME_COLUMNS)
    if people:
        view.add_column("name", no_wrap=True, max_width=MAX_NAME_COLUMNS)
    for task, most in points.most.items():
        mean = _mean([own[task] for own in points.students.values()])
        view.add_column(Text(f"{task.replace('_', chr(10))}\nof {most:g}"), f"{mean:.1f}", justify="right",
                        min_width=len(f"{mean:.1f}"))
    totals = {student: sum(own.values()) for student, own in points.students.items()}
    view.add_column(f"total\nof {total:g}", f"{_mean(list(totals.values())):.1f}", justify="right", style="bold",
                    min_width=len(f"of {total:g}"))
    if is_late:
        remaining = {student: max(0.0, got - (late[student].penalty if student in late else 0.0))
                     for student, got in totals.items()}
        view.add_column("late", no_wrap=True, min_width=len("unknown"))
        view.add_column("what\ncounts", f"{_mean(list(remaining.values())):.1f}", justify="right", style="bold")
    view.add_column("remarks", no_wrap=True, overflow="ellipsis", ratio=1)
    for student, own in points.students.items():
        cells = [Text(printable(student))]
        if people:
            cells.append(Text(printable(people.get(student, ""))))
        cells += [*(_score(own[task], most) for task, most in points.most.items()),
                  Text(f"{totals[student]:g}" + ("+?" if student in points.waiting else ""))]
        if is_late:
            cells += [Text(_late(late.get(student), student in called_late)), Text(f"{remaining[student]:g}")]
        view.add_row(*cells, Text(printable(notes.get(student, ""))))
    return view


def _late(late: Late | None, called_late: bool) -> str:
    """The text of the cell on lateness; "unknown" where no time is known."""
    if late is not None and late.days:
        penalty = f", -{late.penalty:g}" if late.penalty else ""
        return f"{late.days} day{'s' if late.days > 1 else ''}{penalty}"
    if late is not None and late.known:
        return ""
    return "yes" if called_late else "unknown"


def _score(got: float, most: float) -> Text:
    style = "green" if got == most else "red" if got == 0 else "yellow"
    return Text(f"{got:g}", style=style)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0

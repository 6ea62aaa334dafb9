"""The class as a table: points per student and task, the total, and what an instructor should know."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gdm_grader.course.course import Course
from gdm_grader.intake import ledger
from gdm_grader.intake.clean import amount, printable
from gdm_grader.logs import PlainConsole
from gdm_grader.records import gradebook, names, results
from gdm_grader.records.late import Late, due_of, lateness, rule_of
from gdm_grader.records.points import ClassPoints, class_points
from gdm_grader.records.results import Graded
from gdm_grader.reports.fitting import Column, fitting
from gdm_grader.reports.formats import Order

MOST_NAMES = 5  # students named below the table
WIDTH = 100  # columns where there is no terminal to ask
MIN_REMARK_COLUMNS = 8  # of a terminal
EDGE = 1  # columns before the first; each has one behind it
NO_PAGE = "grader: no feedback page, though the points stand; see the log"


def show(course: Course, name: str, console: Console, order: Order = Order.STUDENT) -> None:
    """Print the class's table, a row a student, and below it what its columns cannot say."""
    points, known = class_points(course, name), results.load(course, name)
    if not console.is_terminal:
        console = PlainConsole(file=console.file, width=WIDTH)
    uploads = ledger.load(course.classroom).of(name)
    called_late = {student for student, upload in uploads.items() if upload.late and student in points.students}
    late = {student: one for student, one in lateness(course, name).items() if student in points.students}
    people = {student: person.full for student, person in names.load(course).items()}
    points = ordered(points, order, people, late)
    notes = notes_of(course, name, known)
    view = table(name, points, notes, late, called_late, people, console.width)
    console.print(view)
    _show_what_found_no_room({str(column.header) for column in view.columns}, points, notes, console)
    if points.waiting:
        answers = amount(sum(points.waiting.values()), "answer")
        console.print(Text(f"waiting to be graded by hand: {answers} of {amount(len(points.waiting), 'student')} "
                           f"({_some(sorted(points.waiting))})"))
    rule, due = rule_of(course, name), due_of(course, name)
    unknown = sorted(student for student, one in late.items() if not one.known)
    if due is not None and unknown:
        console.print(Text(f"time unknown, so nobody is penalized: {len(unknown)} of {len(late)} ({_some(unknown)})"))
    resting = points_inside(course, name, known.values())
    if resting:
        console.print(Text(f"inside: {resting:g} of {sum(points.most.values()):g} points rest on the students' own "
                           "processes, which a student's code can tell what to say"))
    if rule is not None:
        console.print(Text(f"late work: {rule}"))


def _show_what_found_no_room(heads: Collection[str], points: ClassPoints, notes: Mapping[str, str], console: Console
                            ) -> None:
    if not all(_head(task, most) in heads for task, most in points.most.items()):
        console.print(Text("There is no room here for the points of all tasks; they are on the class's page."))
    if "remarks" not in heads:
        for student in filter(notes.get, points.students):
            console.print(Text(printable(f"{student}: {notes[student]}")), no_wrap=True, overflow="ellipsis")


def points_inside(course: Course, name: str, graded: Iterable[Graded]) -> float:
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


def notes_of(course: Course, name: str, known: Mapping[str, Graded]) -> dict[str, str]:
    """Return the remarks on each student; a page of feedback that could not be written has left an empty folder."""
    found = {student: remarks(graded) for student, graded in known.items()}
    for student, said in found.items():
        folder = course.feedback / student / name
        if folder.is_dir() and not any(folder.glob("*.html")):
            found[student] = "; ".join(filter(None, [NO_PAGE, said]))
    return found


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
          called_late: Collection[str] = (), people: Mapping[str, str] | None = None, width: int = WIDTH) -> Table:
    """The table, at most `width` columns wide; with somebody late it has a column that says by how much, and one of
    what remains of the points.

    A row is one line: a long remark is cut, and stands in full on the class's page. What a student wrote stands in it
    as text: it is no markup. What finds no room is left out: remarks first, then names, then the tasks.
    """
    late, people = late or {}, people or {}
    tasks = []
    for task, most in points.most.items():
        got = [own[task] for own in points.students.values()]
        tasks.append(_of_task(task, most, got))
    sums = _sums(points, late, called_late)
    who = [Column("student", [Text(printable(student)) for student in points.students], "class mean", right=False)]
    if people:
        names = [Text(printable(people.get(student, ""))) for student in points.students]
        who.append(Column("name", names, right=False))
    columns = fitting(who, tasks, sums, width - EDGE)
    left = width - EDGE - 1 - sum(column.width + 1 for column in columns)
    if left >= MIN_REMARK_COLUMNS:
        remarked = [Text(printable(notes.get(student, ""))) for student in points.students]
        columns.append(Column("remarks", remarked, right=False, most=left))
    title = f"{name}: points of {amount(len(points.students), 'student')}"
    view = Table(title=title, show_footer=True, box=box.SIMPLE_HEAD, padding=0)
    for column in columns:
        view.add_column(column.head, column.foot, width=column.width, justify="right" if column.right else "left",
                        no_wrap=True, overflow="ellipsis", style="bold" if column.bold else "")
    for row in zip(*(column.cells for column in columns), strict=True):
        view.add_row(*row)
    return view


def _of_task(task: str, most: float, got: list[float]) -> Column:
    return Column(_head(task, most), [_score(one, most) for one in got], f"{_mean(got):.1f}")


def _head(task: str, most: float) -> str:
    return "\n".join([*task.split("_"), f"of {most:g}"])


def _sums(points: ClassPoints, late: Mapping[str, Late], called_late: Collection[str]) -> list[Column]:
    """The total; where somebody is late also by how much, and what counts."""
    totals = {student: sum(own.values()) for student, own in points.students.items()}
    waits = {student: "+?" if student in points.waiting else "" for student in totals}
    found = [Column(f"total\nof {sum(points.most.values()):g}",
                    [Text(f"{got:g}{waits[student]}") for student, got in totals.items()],
                    f"{_mean(list(totals.values())):.1f}", bold=True)]
    if called_late or any(one.days or one.penalty for one in late.values()):
        remaining = [max(0.0, got - (late[student].penalty if student in late else 0.0))
                     for student, got in totals.items()]
        found.append(Column("late", [Text(_late(late.get(student), student in called_late)) for student in totals],
                            right=False))
        found.append(Column("what\ncounts", [Text(f"{one:g}") for one in remaining], f"{_mean(remaining):.1f}",
                            bold=True))
    return found


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

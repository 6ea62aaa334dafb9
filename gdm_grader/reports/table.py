"""The class as a table: points per student and task, the total, and what an instructor should know."""


from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gdm_grader.course.course import Course
from gdm_grader.records import results
from gdm_grader.records.points import ClassPoints, class_points
from gdm_grader.records.results import Graded

WIDTH = 100  # columns where there is no terminal to ask


def show(course: Course, name: str, console: Console) -> None:
    """Print the class's table."""
    points, known = class_points(course, name), results.load(course, name)
    if not console.is_terminal:
        console = Console(file=console.file, width=WIDTH)
    console.print(table(name, points, {student: remarks(result) for student, result in known.items()}))


def remarks(graded: Graded) -> str:
    """Return one cell of the table: why nothing could be graded, else what was mended or ran out of time."""
    if graded.waits:
        return "grader: could not be graded, through no fault of the student's; see the log"
    if graded.broken:
        return graded.broken
    found = [remark.removesuffix(".") for remark in graded.remarks]
    if graded.fault:
        found.insert(0, "grader: the points stand, but the diagnosis failed; see the log")
    return "; ".join(found)


def table(name: str, points: ClassPoints, notes: dict[str, str]) -> Table:
    total = sum(points.most.values())
    view = Table(title=f"{name}: points of {len(points.students)} students", show_footer=True, box=box.SIMPLE_HEAD,
                 padding=(0, 1, 0, 0), pad_edge=False)
    view.add_column("student", "class mean", no_wrap=True)
    for task, most in points.most.items():
        mean = _mean([own[task] for own in points.students.values()])
        view.add_column(Text(f"{task.replace('_', chr(10))}\nof {most:g}"), f"{mean:.1f}", justify="right")
    mean = _mean([sum(own.values()) for own in points.students.values()])
    view.add_column(f"total\nof {total:g}", f"{mean:.1f}", justify="right", style="bold")
    view.add_column("remarks", overflow="fold", ratio=1)
    for student, own in points.students.items():
        scores = [_score(own[task], most) for task, most in points.most.items()]
        view.add_row(student, *scores, f"{sum(own.values()):g}", notes.get(student, ""))
    return view


def _score(got: float, most: float) -> Text:
    style = "green" if got == most else "red" if got == 0 else "yellow"
    return Text(f"{got:g}", style=style)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0

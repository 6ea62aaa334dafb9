"""The class as a table: points per student and task, the total, and what an instructor should know."""

from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gdm_grader import gradebook, results
from gdm_grader.course import Course
from gdm_grader.tasks import task_of

WIDTH = 100  # columns where there is no terminal to ask


@dataclass(frozen=True)
class ClassPoints:
    """Points per task: `most` is what a task gives, `students[student][task]` what a student got."""

    most: dict[str, float]
    students: dict[str, dict[str, float]]


def class_points(course: Course, name: str) -> ClassPoints:
    """Read the points from the gradebook; the tasks come in the notebook's order."""
    known = results.load(course, name)
    with gradebook.opened(course) as book:
        notebook = book.find_notebook(name, name)
        solutions = [cell.name for cell in notebook.solution_cells]
        max_score = {cell.name: cell.max_score for cell in notebook.grade_cells}
        cells = [cell.name for cell in notebook.source_cells if cell.name in max_score]
        most: dict[str, float] = {}
        for cell in cells:
            most[task_of(cell, solutions)] = most.get(task_of(cell, solutions), 0) + max_score[cell]
        students = {student: dict.fromkeys(most, 0.0) for student in known}
        for grade in gradebook.grades(book, name):
            if grade.student in students:
                students[grade.student][task_of(grade.cell, solutions)] += grade.score
    return ClassPoints(most, students)


def show(course: Course, name: str, console: Console) -> None:
    """Print the class's table."""
    points, known = class_points(course, name), results.load(course, name)
    if not console.is_terminal:
        console = Console(file=console.file, width=WIDTH)
    console.print(table(name, points, {student: remarks(result) for student, result in known.items()}))


def remarks(result: dict) -> str:
    """One cell of the table: why nothing could be graded, else what was mended or ran out of time."""
    return result["broken"] or "; ".join(remark.removesuffix(".") for remark in result["remarks"])


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

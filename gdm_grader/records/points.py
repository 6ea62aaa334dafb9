"""The points of a class, per student and task."""

from dataclasses import dataclass, field

from gdm_grader.course.cells import key_of, task_of
from gdm_grader.course.course import Course
from gdm_grader.records import gradebook, results


@dataclass(frozen=True)
class ClassPoints:
    """Points per task: `most` is what a task gives, `students[student][task]` what a student got.

    `waiting` counts the answers of a student that nobody has graded by hand yet.
    """

    most: dict[str, float]
    students: dict[str, dict[str, float]]
    waiting: dict[str, int] = field(default_factory=dict)


def class_points(course: Course, name: str) -> ClassPoints:
    """Read the points from the gradebook; the tasks come in the notebook's order."""
    known = results.load(course, name)
    with gradebook.open_gradebook(course) as book:
        solutions: list[str] = []
        for notebook in book.find_assignment(name).notebooks:
            solutions += [key_of(name, notebook.name, cell.name) for cell in notebook.solution_cells]
        max_score = gradebook.most(book, name)
        most: dict[str, float] = {}
        for cell, points in max_score.items():
            most[task_of(cell, solutions)] = most.get(task_of(cell, solutions), 0) + points
        waiting: dict[str, int] = {}
        students = {student: dict.fromkeys(most, 0.0) for student in known}
        for grade in gradebook.grades(book, name):
            if grade.student in students:
                if grade.auto_score is None and grade.manual_score is None:
                    waiting[grade.student] = waiting.get(grade.student, 0) + 1
                students[grade.student][task_of(grade.cell, solutions)] += grade.score
    return ClassPoints(most, students, waiting)


def counted(course: Course, name: str) -> dict[str, float]:
    """Return the points that count for each recorded student: those of the tests, less what lateness costs."""
    if not gradebook.exists(course):
        return {}
    totals: dict[str, float] = {}
    with gradebook.open_gradebook(course) as book:
        for grade in gradebook.grades(book, name):
            totals[grade.student] = totals.get(grade.student, 0.0) + grade.score
        penalties = {row.student: row.penalty or 0.0 for row in gradebook.submissions(book, name)}
    return {student: max(0.0, totals.get(student, 0.0) - penalty) for student, penalty in penalties.items()}

"""A demonstration class: submissions made from the release and the catalogue of answers, labelled by what they are."""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from gdm_grader.course import catalogue
from gdm_grader.course.catalogue import Answer
from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import CourseError

AnswersByTask = dict[str, list[Answer]]
NOT_JSON = '{"cells": [ the upload broke off here'
STUBBORN = "while True:\n    try:\n        while True:\n            pass\n    except KeyboardInterrupt:\n        pass"


def make(course: Course, name: str) -> list[str]:
    """Write one submission of each kind; those that are already as they should be stay untouched.

    Refuses a real class.
    """
    release, answers = ingredients(course, name)
    return put_class(course, name, _one_of_each(name, release, answers))


def ingredients(course: Course, name: str) -> tuple[NotebookNode, AnswersByTask]:
    """Return the release and the catalogue's answers; CourseError where the class's folder holds a real class."""
    if course.submitted.exists() and not course.demonstration_mark.is_file():
        raise CourseError(f"Expected a folder without a class, or with a demonstration class, but {course.classroom} "
                         "holds submissions. Name another folder with --class.")
    release = course.read_release(name)
    return release, in_order(catalogue.load(course.source(name).parent / "catalogue"), release)


def put_class(course: Course, name: str, files: dict[str, dict[str, str]]) -> list[str]:
    """Write these files of each student, remove every other student, and return the students."""
    whole.write(course.demonstration_mark, "Made by `gdm demo`, which may remove everything here.\n")
    for student in set(_folders(course.submitted)) - set(files):
        shutil.rmtree(course.submitted / student)
    for student, contents in files.items():
        _write(course.submitted / student / name, contents)
    return sorted(files)


def _one_of_each(name: str, release: NotebookNode, answers: AnswersByTask) -> dict[str, dict[str, str]]:
    texts = {student: nbformat.writes(nb) for student, nb in honest(release, answers).items()}
    texts |= {student: nbformat.writes(nb) for student, nb in damaged(release, answers).items()}
    texts["not-json"] = NOT_JSON
    files = {student: {f"{name}.ipynb": text.rstrip("\n") + "\n"} for student, text in texts.items()}
    files["no-notebook"] = {"readme.txt": "I could not find the notebook.\n"}
    return files


def in_order(answers: AnswersByTask, release: NotebookNode) -> AnswersByTask:
    """The catalogue's tasks in the order in which the notebook asks them."""
    labels = [label_of(cell) for cell in release.cells]
    unknown = sorted(set(answers) - set(labels))
    if unknown:
        raise CourseError(f"Expected a solution cell for every task of the catalogue, found none for "
                         f"{', '.join(unknown)}. Run `gdm release` after changing the source.")
    return {task: answers[task] for task in sorted(answers, key=labels.index)}


def honest(release: NotebookNode, answers: AnswersByTask) -> dict[str, NotebookNode]:
    """Right answers written in several ways, unfinished work, and the mistakes that students make."""
    right = {task: of_kind(given, "right") for task, given in answers.items()}
    wrong = {task: of_kind(given, "wrong") for task, given in answers.items()}
    best = {task: given[0].source for task, given in right.items()}
    tasks = list(answers)
    ways = max(map(len, right.values()))
    students = {}
    for way in range(ways):
        students[f"right-way-{way + 1}"] = {task: given[way % len(given)].source for task, given in right.items()}
    students["right-ways-mixed"] = {task: right[task][number % len(right[task])].source
                                    for number, task in enumerate(tasks)}
    students["blank"] = {}
    students["first-task-only"] = {tasks[0]: best[tasks[0]]}
    students["last-task-missing"] = {task: best[task] for task in tasks[:-1]}
    mistaken = [task for task in tasks if wrong[task]]
    for task in mistaken:
        students[f"slip-{task.replace('_', '-')}"] = best | {task: wrong[task][0].source}
    students["slips-everywhere"] = best | {task: wrong[task][-1].source for task in mistaken}
    return {student: filled(release, sources) for student, sources in students.items()}


def of_kind(answers: list[Answer], kind: str) -> list[Answer]:
    """Return the right answers, or the wrong ones, in the catalogue's order."""
    return [answer for answer in answers if answer.kind == kind]


def damaged(release: NotebookNode, answers: AnswersByTask) -> dict[str, NotebookNode]:
    """Notebooks that raise, do not end, or were tampered with; every answer that is left is right."""
    best = {task: of_kind(given, "right")[0].source for task, given in answers.items()}
    middle = list(answers)[len(answers) // 2]
    broken = {
        "raises": f"raise RuntimeError('an experiment that was left in')\n\n{best[middle]}",
        "never-ends": f"def {middle}(*arguments, **options):\n    while True:\n        pass",
        "ignores-interrupts": f"{best[middle]}\n\n{STUBBORN}",
        "syntax-error": best[middle].replace(":", "", 1),
    }
    students = {student: filled(release, best | {middle: source}) for student, source in broken.items()}
    for student, damage in DAMAGES.items():
        students[student] = filled(release, best)
        damage(students[student])
    return students


def filled(release: NotebookNode, sources: dict[str, str]) -> NotebookNode:
    """The release with these answers in its solution cells."""
    nb = copy.deepcopy(release)
    for cell in nb.cells:
        if label_of(cell) in sources:
            cell.source = sources[label_of(cell)]
    return nb


def _tests(nb: NotebookNode) -> list[int]:
    return [place for place, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("grade")]


def _newer_schema(nb: NotebookNode) -> None:
    for cell in nb.cells:
        if label_of(cell):
            cell.metadata.nbgrader.schema_version = 99


def _duplicated_test(nb: NotebookNode) -> None:
    twin = copy.deepcopy(nb.cells[_tests(nb)[0]])
    twin["id"] = "twin"
    nb.cells.append(twin)


def _deleted_test(nb: NotebookNode) -> None:
    del nb.cells[_tests(nb)[-1]]


def _skipped_tests(nb: NotebookNode) -> None:
    for place in _tests(nb):
        nb.cells[place].metadata.tags = ["skip-execution"]
        nb.cells[place].metadata.nbgrader.points = 100
    nb.cells.append(new_code_cell("assert False, 'an extra cell that fails costs nothing'", id="extra"))


DAMAGES: dict[str, Callable[[NotebookNode], None]] = {
    "newer-schema": _newer_schema,
    "duplicated-test": _duplicated_test,
    "deleted-test": _deleted_test,
    "tagged-tests": _skipped_tests,
}


def _folders(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def _write(folder: Path, contents: dict[str, str]) -> None:
    for filename, text in contents.items():
        path = folder / filename
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            whole.write(path, text)

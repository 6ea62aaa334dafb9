"""The small courses, and nbgrader's own example, graded by `gdm` and by plain nbgrader: are the points the same?

    python -m tools.courses_plain [KIND ...]

Exit status 1 and a line for each cell that differs. Some 20 s a course, most of them nbgrader's.
"""

import copy
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
import nbgrader
from nbformat import NotebookNode
from rich.console import Console

from gdm_grader.authoring import placement, release
from gdm_grader.course.cells import label_of
from gdm_grader.course.course import Course
from gdm_grader.grading import cohort
from gdm_grader.records import gradebook, results
from tests.courses import sheets
from tools.plain_nbgrader import nbgrader as plainly

EXAMPLE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
EXAMPLE_CONFIG = sheets.CONFIG + "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
PS1, AUTOTEST = "ps1", "ps1_autotest"
SQUARES = "def squares(n):\n"
# Ten wrong answers to nbgrader's example, by the cell that they fill.
WRONG = {
    "begins-at-zero": ("squares", SQUARES + "    if n < 1:\n        raise ValueError\n"
                                            "    return [i ** 2 for i in range(n)]"),
    "no-error": ("squares", SQUARES + "    return [i ** 2 for i in range(1, n + 1)]"),
    "another-error": ("squares", SQUARES + "    if n < 1:\n        raise KeyError\n"
                                           "    return [i ** 2 for i in range(1, n + 1)]"),
    "cubes": ("squares", SQUARES + "    if n < 1:\n        raise ValueError\n"
                                   "    return [i ** 3 for i in range(1, n + 1)]"),
    "prints": ("squares", SQUARES + "    print([i ** 2 for i in range(1, n + 1)])"),
    "syntax-error": ("squares", "def squares(n) return n"),
    "not-used": ("sum_of_squares", "def sum_of_squares(n):\n    return sum(i ** 2 for i in range(1, n + 1))"),
    "one-off": ("sum_of_squares", "def sum_of_squares(n):\n    return sum(squares(n)) + 1"),
    "a-text": ("sum_of_squares", "def sum_of_squares(n):\n    return str(sum(squares(n)))"),
    "raises": ("sum_of_squares", "def sum_of_squares(n):\n    raise RuntimeError('not yet')"),
}


def example(root: Path, name: str = PS1) -> tuple[Course, dict[str, dict[str, NotebookNode]]]:
    """nbgrader's example course as it is shipped, with right, blank and wrong submissions; in `ps1_autotest`
    AUTOTEST lines stand in the place of most assertions."""
    shutil.copytree(EXAMPLE, root / "source")
    shutil.copy(EXAMPLE.parent / "autotests.yml", root)
    (root / "nbgrader_config.py").write_text(EXAMPLE_CONFIG, encoding="utf-8")
    course = Course.find(start=root)
    handed_in = {"right": {}}
    for student, (label, source) in WRONG.items():
        handed_in[student] = {f"problem1/{label}": source}
    return course, submissions(course, name, handed_in)


def small(kind: str, root: Path) -> tuple[Course, dict[str, dict[str, NotebookNode]]]:
    """A course of tests/courses, with its answers as submissions."""
    sheet = sheets.read(kind)
    sheets.make(root, sheet.notebooks, sheet.files)
    course = Course.find(start=root)
    handed_in: dict[str, dict[str, str]] = {"right": {}}
    for number, answer in enumerate(sheet.answers):
        handed_in[f"answer-{number}"] = {answer.solution: answer.source}
    return course, submissions(course, sheets.NAME, handed_in)


def submissions(course: Course, name: str, handed_in: dict[str, dict[str, str]]) -> dict[str, dict[str, NotebookNode]]:
    """The instructor's notebooks with these answers, by student; and one as it was released."""
    placement.settle(course, name)
    release.release(course, name)
    found: dict[str, dict[str, NotebookNode]] = {"blank": {}}
    for notebook in course.notebooks(name):
        found["blank"][notebook] = course.read_release(name, notebook)
        for student, answers in handed_in.items():
            nb = copy.deepcopy(found["blank"][notebook])
            solved = {label_of(cell): cell.source for cell in course.read_source(name, notebook).cells}
            prefix = "" if notebook == name else f"{notebook}/"
            for cell in nb.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    cell.source = answers.get(prefix + label_of(cell), solved[label_of(cell)])
            found.setdefault(student, {})[notebook] = nb
    return found


def compared(course: Course, name: str, handed_in: dict[str, dict[str, NotebookNode]]) -> tuple[int, list[str]]:
    """Grade with both; return how many cells there are, and a line for each in which they differ."""
    for student, notebooks in handed_in.items():
        folder = course.submitted / student / name
        folder.mkdir(parents=True)
        for notebook, nb in notebooks.items():
            nbformat.write(nb, folder / f"{notebook}.ipynb")
    plain = course.root / "plain"
    plain.mkdir()
    for part in sorted({"source", "submitted", "nbgrader_config.py", "autotests.yml"} & set(os.listdir(course.root))):
        (shutil.copytree if (course.root / part).is_dir() else shutil.copy)(course.root / part, plain / part)
    plainly(plain, "generate_assignment", name)
    plainly(plain, "autograde", name)
    there = points(Course.find(start=plain), name)
    cohort.grade_class(course, name, list(handed_in), 2, Console(quiet=True))
    here = points(course, name)
    waiting = {student: graded for student, graded in results.load(course, name).items() if graded.broken}
    lines = [f"{student}: {graded.broken} {graded.fault}" for student, graded in waiting.items()]
    for key in sorted(set(here) | set(there)):
        if here.get(key) != there.get(key):
            lines.append(f"{' '.join(key)}: gdm {here.get(key)}, nbgrader {there.get(key)}")
    return len(here), lines


def points(course: Course, name: str) -> dict[tuple[str, str], float | None]:
    with gradebook.open_gradebook(course) as book:
        return {(row.student, row.cell): row.auto_score for row in gradebook.grades(book, name)}


def main(kinds: list[str]) -> int:
    """Compare the courses of these kinds; all, and the example, where none is named."""
    bad = 0
    shipped = (PS1, AUTOTEST)
    for kind in kinds or [*shipped, *sheets.KINDS]:
        with tempfile.TemporaryDirectory(prefix="gdm-") as folder:
            root = Path(folder)
            course, handed_in = example(root, kind) if kind in shipped else small(kind, root)
            count, lines = compared(course, kind if kind in shipped else sheets.NAME, handed_in)
        bad += len(lines)
        said = f"{kind}: {count} cells of {len(handed_in)} submissions, {len(lines)} differ"
        print(said, *lines, sep="\n  ", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

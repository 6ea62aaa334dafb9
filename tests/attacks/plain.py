"""The same attacks against plain nbgrader: python -m tests.attacks.plain writes plain.json beside this file; minutes.

Only those that forge points, or look for the tests within their own process: without a sandbox the others would do
to this machine what they try.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

from gdm_grader.course import Course, sqlite
from gdm_grader.referee import sheet as sheets
from gdm_grader.release import secret_lines
from tests.attacks import corpus

ROOT = Path(__file__).parents[2]
TARGET = Path(__file__).with_name("plain.json")
READ = ("code_of_functions", "errors_of_functions", "history", "other_names", "search_frames", "search_memory")
NBGRADER = "import gdm_grader; from nbgrader.apps.nbgraderapp import main; main()"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="gdm-plain-") as folder:
        course = course_in(Path(folder))
        cases = [("forge", name) for name in corpus.names("forge")] + [("read", name) for name in READ]
        for kind, name in cases:
            hand_in(course, kind, name)
        for assignment in ("masks", "kl_losses"):
            nbgrader(course, "generate_assignment", assignment, "--force")
            grade(course, assignment)
        entries = [outcome(course, kind, name) for kind, name in cases]
    TARGET.write_text(json.dumps({"attacks": len(entries), "gained": sum(entry["points"] > 0 for entry in entries),
                                  "entries": entries}, indent=1) + "\n", encoding="utf-8")


def course_in(folder: Path) -> Course:
    for part in ("solutions", "assignments"):
        shutil.copytree(ROOT / part, folder / part)
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    ours = ("gdm_grader.preprocessors.RestoreRelease", "gdm_grader.preprocessors.ExecuteReleased")
    theirs = ("nbgrader.preprocessors.DeduplicateIds", "nbgrader.preprocessors.Execute")
    for one, other in zip(ours, theirs, strict=True):
        assert one in text
        text = text.replace(one, other)
    (folder / "nbgrader_config.py").write_text(text.replace("c.ExecuteReleased", "c.Execute"), encoding="utf-8")
    return Course.find(start=folder)


def hand_in(course: Course, kind: str, name: str) -> None:
    assignment = corpus.assignment(kind, name)
    release = nbformat.read(course.release(assignment), as_version=4)
    release.cells = [cell for cell in release.cells
                     if not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("story_")]
    path = course.root / "submitted" / f"{kind}-{name}" / assignment / f"{assignment}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(corpus.submission(kind, name, sheets.read(course, assignment), release), encoding="utf-8")


def grade(course: Course, assignment: str) -> None:
    """One command for the class; one that stops is started again without the student at whom it stopped."""
    while True:
        nbgrader(course, "autograde", assignment)
        waiting = sorted(path for path in (course.root / "submitted").glob(f"*/{assignment}")
                         if not (course.root / "autograded" / path.parent.name / assignment).is_dir())
        if not waiting:
            return
        shutil.rmtree(waiting[0])


def nbgrader(course: Course, *arguments: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "GDM_CLASS"} | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", NBGRADER, *arguments], cwd=course.root, capture_output=True, env=environment)


def outcome(course: Course, kind: str, name: str) -> dict:
    assignment, student = corpus.assignment(kind, name), f"{kind}-{name}"
    path = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
    points, shown = 0.0, ""
    if path.is_file():
        cells = nbformat.read(path, as_version=4).cells
        shown = "\n".join(str(cell.get("outputs", "")).replace("\\n", "\n") for cell in cells)
        with Gradebook(sqlite(course.root / "gradebook.db")) as book:
            points = book.find_submission_notebook(assignment, assignment, student).score
    lines = [line for line in secret_lines(course, assignment) if not line.startswith(("###", "import"))]
    return {"kind": kind, "name": name, "tries": corpus.tries(kind, name), "graded": path.is_file(),
            "points": points, "reads": any(line in shown for line in lines)}


if __name__ == "__main__":
    main()

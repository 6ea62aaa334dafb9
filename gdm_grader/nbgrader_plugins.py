"""nbgrader's preprocessors: its autograde goes through the sandbox and the referee; feedback hides hidden tests."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

from gdm_grader.course.cells import GDM, Resources, label_of


class GradeInSandbox(NbGraderPreprocessor):
    """In the place of all that nbgrader's autograde does: `gdm grade` for this student, and its notebook.

    The button of formgrader runs in the instructor's account, with the gradebook in reach. So the submission is handed
    to a process of its own that shuts the student's code in, asks it by the referee, and records the points.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook as `gdm grade` left it; RuntimeError with what it said if there is none."""
        where, folders = resources["nbgrader"], self.config.CourseDirectory
        graded = (Path(folders.autograded_directory) / where["student"] / where["assignment"]
                  / f"{where['notebook']}.ipynb")
        if not graded.is_file():  # the first notebook of a submission has all of them graded
            command = [sys.executable, "-m", "gdm_grader", "grade", where["assignment"], "--student", where["student"],
                       "--force", "--class", str(Path(folders.submitted_directory).parent)]
            done = subprocess.run(command, cwd=folders.root, text=True, capture_output=True)
            if done.returncode or not graded.is_file():
                raise RuntimeError(f"gdm grade: {done.stdout}{done.stderr}")
        return nbformat.read(graded, as_version=4), resources


class HideHiddenTests(ClearHiddenTests):
    """For feedback: the hidden part of a test cell is cut, and a failure there shows its message alone.

    The referee says which part failed; where plain nbgrader graded, it may have been either.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: Resources, index: int) -> tuple[NotebookNode, Resources]:
        if not (label_of(cell) and self._remove_hidden_test_region(cell)):
            return cell, resources
        cell.source = f"{cell.source.rstrip()}\n# Hidden tests ran here.".lstrip()
        for output in cell.get("outputs", []):
            if output.output_type == "error" and cell.metadata.get(GDM, {}).get("failed") != "visible":
                message = re.sub(r"\x1b\[[0-9;]*m", "", output.evalue)
                output.traceback = [f"\x1b[0;31m{output.ename}\x1b[0m: {message}"]
        return cell, resources

"""nbgrader's configuration: solutions/ -> assignments/, and how a submission is graded.

`nbgrader autograde masks` from this folder grades `submitted/`, in the sandbox. With GDM_CLASS=FOLDER the class's own
files (submitted, autograded, feedback, gradebook.db) lie in that folder instead; `gdm` uses `_build/class`.
"""

import os
from pathlib import Path

from gdm_grader.course.course import Course

c = get_config()  # noqa: F821  (traitlets gives it to every configuration file)
here = os.path.dirname(os.path.abspath(__file__))
classroom = os.path.join(here, os.environ.get("GDM_CLASS", ""))

# One source, one release.
c.CourseDirectory.root = here
c.CourseDirectory.course_id = "deep-generative-models"
# On a JupyterHub: as in hub/nbgrader_config.py, which the students' servers read.
c.Exchange.root = "/srv/nbgrader/exchange"
# Where the solutions are: here, or in a private repository beside this one, such as "../private/solutions". This line
# is read by nbgrader, gdm, make and the tests; what needs no solutions works without them.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = os.path.join(classroom, "submitted")
c.CourseDirectory.autograded_directory = os.path.join(classroom, "autograded")
c.CourseDirectory.feedback_directory = os.path.join(classroom, "feedback")
# One gradebook for gdm and for every tool of nbgrader: the class's class.json names it, by default a file beside it.
c.CourseDirectory.db_url = Course(Path(here), Path(classroom)).db_url
# Every file beside a source notebook goes into the release: the catalogue of answers must not.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", "feedback", "catalogue"]

# The class that `gdm` is about unless GDM_CLASS or --class names another.
c.Gdm.classroom = "_build/class"

c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError(\"Replace this line with your answer.\")"
}

# `nbgrader autograde`, which formgrader's button runs, too, hands each submission to `gdm grade`: the students' code
# never runs in the instructor's account.
c.Autograde.sanitize_preprocessors = ["gdm_grader.nbgrader_plugins.GradeInSandbox"]
c.Autograde.autograde_preprocessors = []
c.ExecuteReleased.timeout = 60  # seconds; the first cell imports torch, on a busy machine that is slow
c.ExecuteReleased.labelled_timeout = 10  # seconds for a solution or a test cell
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 40

# What notebooks import from this checkout, and what is imported once for all kernels of a class.
c.Sandbox.packages = ["gdm_lib"]
c.Sandbox.preload = ["gdm_lib.check", "gdm_lib.plot", "gdm_lib.train"]

# Feedback shows a failed test's message, and neither the hidden tests nor the student's scripts.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "gdm_grader.nbgrader_plugins.HideHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.sanitize_html = True
# Where the links of a feedback page lead, for all classes; by default to the published book, by its baseurl in
# _config.yml. `gdm feedback NAME --book URL` says it for one class.
# c.Summary.book = "https://.../book"

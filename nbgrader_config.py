"""nbgrader's configuration: solutions/ -> assignments/, and what is run when a submission is graded.

`nbgrader autograde masks` from this folder grades `submitted/`. With GDM_CLASS=FOLDER the class's own
files (submitted, autograded, feedback, gradebook.db) lie in that folder instead; `gdm` uses `_build/class`.
"""

import os

c = get_config()  # noqa: F821  (traitlets gives it to every configuration file)
here = os.path.dirname(os.path.abspath(__file__))
classroom = os.path.join(here, os.environ.get("GDM_CLASS", ""))

# One source, one release.
c.CourseDirectory.root = here
c.CourseDirectory.course_id = "deep-generative-models"
# Where the solutions are: here, or in a private repository beside this one, such as "../private/solutions". This line
# is read by nbgrader, gdm, make and the tests; what needs no solutions works without them.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = os.path.join(classroom, "submitted")
c.CourseDirectory.autograded_directory = os.path.join(classroom, "autograded")
c.CourseDirectory.feedback_directory = os.path.join(classroom, "feedback")
c.CourseDirectory.db_url = f"sqlite:///{os.path.join(classroom, 'gradebook.db')}?timeout=60"
# Every file beside a source notebook goes into the release: the catalogue of answers must not.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", "feedback", "catalogue"]

# The class that `gdm` is about unless GDM_CLASS or --class names another.
c.Gdm.classroom = "_build/class"

c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE\nraise NotImplementedError(\"Replace this line with your answer.\")"
}

# What a submission may say about its cells is taken from the release; stories are not run.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "gdm_grader.nbgrader_plugins.RestoreRelease",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "gdm_grader.nbgrader_plugins.ExecuteReleased",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ExecuteReleased.kernel_name = "python3"
c.ExecuteReleased.timeout = 60  # seconds; the first cell imports torch, on a busy machine that is slow
c.ExecuteReleased.labelled_timeout = 10  # seconds for a solution or a test cell
c.ExecuteReleased.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "this cell ran out of time and was interrupted.",
    "traceback": ["\x1b[0;31mCellTimeoutError\x1b[0m: this cell ran out of time and was interrupted."],
}
c.ExecuteReleased.extra_arguments = ["--log-level=ERROR", "--HistoryManager.hist_file=:memory:"]
c.ExecuteReleased.record_timing = False  # grading again gives the same notebook
c.ExecuteReleased.shutdown_kernel = "immediate"
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

"""nbgrader's own command, run in the folder of a course as an instructor without `gdm` would."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PREPROCESSORS = """
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "tools.plain_preprocessors.RestoreRelease",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "tools.plain_preprocessors.ExecuteReleased",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ExecuteReleased.kernel_name = "python3"
c.ExecuteReleased.error_on_timeout = {
    "ename": "CellTimeoutError",
    "evalue": "this cell ran out of time and was interrupted.",
    "traceback": ["\\x1b[0;31mCellTimeoutError\\x1b[0m: this cell ran out of time and was interrupted."],
}
c.ExecuteReleased.extra_arguments = ["--log-level=ERROR", "--HistoryManager.hist_file=:memory:"]
c.ExecuteReleased.record_timing = False  # grading again gives the same notebook
c.ExecuteReleased.shutdown_kernel = "immediate"
"""
START = "import gdm_grader; from nbgrader.apps.nbgraderapp import main; main()"


def without_sandbox(root: Path) -> None:
    """Let nbgrader's autograde run the students' code itself, in the course at `root`: only to compare with."""
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + PREPROCESSORS, encoding="utf-8")


def nbgrader(root: Path, *arguments: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "GDM_CLASS"} | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", START, *arguments], cwd=root, check=True, capture_output=True,
                   env=environment)

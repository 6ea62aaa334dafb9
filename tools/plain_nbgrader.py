"""nbgrader's own command, run in the folder of a course as an instructor without `gdm` would."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
START = "import gdm_grader; from nbgrader.apps.nbgraderapp import main; main()"


def nbgrader(root: Path, *arguments: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "GDM_CLASS"} | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", START, *arguments], cwd=root, check=True, capture_output=True,
                   env=environment)

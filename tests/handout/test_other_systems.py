"""Students' programs need nothing that only Linux has: here those modules are hidden, as on Windows and macOS."""

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.validator import Validator
from traitlets.config import Config

from gdm_grader.authoring import placement
from gdm_grader.authoring.demo import filled
from gdm_grader.errors import GraderError
from gdm_grader.sandbox.host.probe import choose_isolation
from gdm_grader.sandbox.host.process import SandboxError
from tools.sheet import NAMES, read_sheet

ROOT = Path(__file__).parents[2]
LINUX_ONLY = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios")
# Other people's packages are imported first: these ask the platform, and know what to do without.
HIDE = f"""
import socket, sys
import IPython, matplotlib.pyplot, numpy, safetensors.torch, scipy.stats, sklearn.datasets, torch, tqdm.auto
for name in {LINUX_ONLY}:
    sys.modules[name] = None
del socket.AF_UNIX
"""
IMPORT_ALL = """
import importlib, pkgutil, gdm_lib
for module in pkgutil.walk_packages(gdm_lib.__path__, "gdm_lib."):
    importlib.import_module(module.name)
    print(module.name)
"""


def validator() -> Validator:
    """Return what the button Validate runs; a busy machine gets more time than the 30 s of a student's cell."""
    return Validator(config=Config({"Execute": {"timeout": 300}}))


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_hidden_modules_are_hidden() -> None:
    program = HIDE + "try:\n    import fcntl\nexcept ImportError:\n    print('no')"
    assert run(program) == "no\n"


def test_the_whole_library_is_imported_without_them() -> None:
    assert "gdm_lib.flows.nonlinear.planar" in run(HIDE + IMPORT_ALL).split()


# One shows that Validate works without the modules; the others are as slow, and `make slow` runs them.
@pytest.mark.parametrize("name", [NAMES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[1:])])
def test_a_right_notebook_validates_without_them(name: str, tmp_path: Path) -> None:
    release = nbformat.read(ROOT / "assignments" / name / f"{name}.ipynb", as_version=4)
    notebook = filled(release, read_sheet(name).solutions)
    notebook.cells.insert(0, new_code_cell(HIDE))
    notebook.cells = [cell for cell in notebook.cells if not is_story(cell)]
    for cell in notebook.cells:
        cell.source = cell.source.replace("YOUR ANSWER HERE", "An answer in words, which a person grades.")
    path = tmp_path / f"{name}.ipynb"
    nbformat.write(notebook, path)
    assert validator().validate(str(path)) == {}


@pytest.mark.slow
def test_validate_would_tell(tmp_path: Path) -> None:
    """The same with a solution cell that imports what is hidden."""
    name = NAMES[0]
    release = nbformat.read(ROOT / "assignments" / name / f"{name}.ipynb", as_version=4)
    solutions = {task: f"import fcntl\n{source}" for task, source in read_sheet(name).solutions.items()}
    notebook = filled(release, solutions)
    notebook.cells = [new_code_cell(HIDE), *(cell for cell in notebook.cells if not is_story(cell))]
    nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    assert validator().validate(str(tmp_path / f"{name}.ipynb"))["failed"]


def test_on_windows_the_instructor_reads_a_sentence() -> None:
    program = "import sys; sys.platform = 'win32'; import gdm_grader"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Expected Linux, found Windows. Work in WSL2")


@pytest.mark.parametrize("switched_off", [["-O"], ["-OO"]])
def test_without_assertions_nothing_is_graded(switched_off: list[str]) -> None:
    """Tests are assertions: without them every wrong answer got full marks."""
    done = subprocess.run([sys.executable, *switched_off, "-m", "gdm_grader", "grade", "masks"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Expected Python with its assertions, found that they are switched off")


def test_on_a_mac_nothing_is_graded_and_a_sentence_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match=r"Expected Linux, found macOS: .* need it, also with --no-sandbox"):
        choose_isolation(no_sandbox=True)
    with pytest.raises(GraderError, match="Expected Linux, found macOS"):  # `gdm release` prints it
        placement.isolation_here()


def is_story(cell: nbformat.NotebookNode) -> bool:
    """Stories train for a minute; what they import is looked at below."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("story_")


@pytest.mark.parametrize("path", sorted((ROOT / "assignments").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_no_cell_imports_them(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    imported = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    assert imported & set(LINUX_ONLY) == set()
    assert "torch" in imported

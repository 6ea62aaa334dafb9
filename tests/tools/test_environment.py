"""`make env` looks at the machine before it fetches anything, and takes the build of torch that fits."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.environment import LOCKED, block, locked_version, obstacles, torch_command

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
GOOD = ((3, 12, 1), "Linux", 50.0, True)


def test_a_machine_that_has_everything_meets_no_obstacle():
    assert obstacles(*GOOD) == []


@pytest.mark.parametrize(("place", "value", "says"), [
    (0, (3, 10, 13), "found 3.10. Name another: make env PYTHON="),
    (0, (3, 15, 0), "found 3.15"),
    (1, "Windows", "WSL2"),
    (2, 0.3, "found 0.3. Make room"),
    (3, False, "apt-get install python3-venv"),
])
def test_what_is_missing_is_said_in_a_sentence(place, value, says):
    here = list(GOOD)
    here[place] = value
    (sentence,) = obstacles(*here)
    assert says in sentence


def test_an_old_python_is_refused_before_anything_is_fetched(tmp_path):
    """The program itself runs on Pythons that it refuses, so it must hold nothing that these cannot read."""
    program = (ROOT / "tools" / "environment.py").read_text(encoding="utf-8")
    compile(program, "environment.py", "exec", flags=0, dont_inherit=True)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "environment.py").write_text(program.replace("(3, 15)", "(3, 11)"), encoding="utf-8")
    command = [sys.executable, "tools/environment.py", "no.lock"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Expected Python 3.11")
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_is_not_there_is_a_sentence():
    command = ["make", "--what-if=requirements.lock", "env", "PYTHON=python-of-nobody"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Expected a Python from 3.11 to 3.14 under the name python-of-nobody, found none." in done.stdout


@pytest.mark.parametrize(("backend", "system", "by_pip", "expected"), [
    ("cpu", "Linux", "2.13.0+cpu", ["-m", "pip", "install", "--quiet", "--no-deps", "torch==2.13.0"]),
    ("cpu", "Linux", "2.13.0", ["--python", "python", "--no-deps", "--torch-backend", "cpu", "torch==2.13.0"]),
    ("cpu", "Linux", None, ["--python", "python", "--no-deps", "--torch-backend", "cpu", "torch==2.13.0"]),
    ("auto", "Linux", "2.13.0+cpu", ["--python", "python", "--torch-backend", "auto", "torch==2.13.0"]),
    ("pypi", "Linux", "2.13.0", ["--python", "python", "torch==2.13.0"]),
])
def test_on_linux_no_cuda_comes_unless_it_is_asked_for(backend, system, by_pip, expected):
    assert torch_command(backend, system, by_pip, "python", "2.13.0")[-len(expected):] == expected


@pytest.mark.parametrize(("system", "by_pip"), [("Darwin", "2.13.0"), ("Linux", "installed")])
def test_elsewhere_the_lock_has_the_right_build(system, by_pip):
    assert torch_command("cpu", system, by_pip, "python", "2.13.0") is None


def test_the_lock_knows_torch_and_the_installer():
    assert locked_version(LOCK, "torch").startswith("2.")
    lines = block(LOCK, "uv").splitlines()
    assert LOCKED.match(lines[0])[1] == "uv"
    assert len(lines) > 1
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])


def test_a_package_that_is_not_locked_is_a_sentence():
    with pytest.raises(SystemExit, match=r"found none\. Run: make lock"):
        locked_version(LOCK, "no-such-package")

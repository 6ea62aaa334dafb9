"""The administrator's part: the students' environment, the exchange, the proxy, the instructor's checkout."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tools import environment
from tools.hub import handbook
from tools.hub.accounts import Account

ROOT = Path(__file__).parents[2]
STUDENTS = Path("/opt/generative-models")
EXCHANGE = Path("/srv/nbgrader")
PROXY = "configurable-http-proxy@5"
FROM_PYTORCH = " --torch-backend cpu"


def obstacles() -> list[str]:
    """Return a sentence for each thing that stops the run here."""
    found = []
    if os.geteuid() != 0:
        found.append("Expected root, which makes the accounts. Run: make hub AS_ROOT=sudo")
    for folder in (STUDENTS, EXCHANGE):
        if folder.exists():
            found.append(f"Expected no {folder}: it is made for the run, and removed. Is this a hub's own machine? "
                         "Then run this on another one.")
    for program, package in (("npm", "npm"), ("runuser", "util-linux"), ("useradd", "passwd")):
        if shutil.which(program) is None:
            found.append(f"Expected the program {program}, found none. Install it: apt-get install {package}")
    return found


def python_for_everybody() -> str:
    """Return a Python that other accounts may run: this one, else the system's."""
    for candidate in (Path(sys.base_prefix) / "bin" / "python3", Path("/usr/bin/python3")):
        tried = subprocess.run(["runuser", "-u", "nobody", "--", candidate, "-c", "import sys, ensurepip; "
                                "sys.exit(sys.version_info < (3, 11))"], capture_output=True)
        if tried.returncode == 0:
            return str(candidate)
    raise SystemExit("Expected a Python 3.11 or newer that every account may run, found none. On Debian and Ubuntu: "
                     "apt-get install python3-venv")


def run(command: str, python: str, **variables: str) -> None:
    """Run a line of the page as root, where `python3` is one that everybody may run; its output is our own."""
    print(f"$ {command}", flush=True)
    path = f"{Path(python).parent}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env=os.environ | {"PATH": path} | variables, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise SystemExit(f"{done.stdout}\nThis command of book/hub.md failed: {command}")


def install_for_students(python: str) -> None:
    """Run the page's commands. Where pip is configured to find a CPU build of torch, that one is put in first."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    version = environment.locked_version(lock, "torch")
    for command in handbook.commands("Install what students work in"):
        here = environment.chosen_by_pip(python, version) if FROM_PYTORCH in command else None
        if here is not None and here.endswith("+cpu"):
            venv = STUDENTS / ".venv" / "bin" / "python"
            first = environment.torch_command("cpu", platform.system(), here, str(venv), version)
            environment.run(*first)
            command = command.replace(FROM_PYTORCH, "")
        run(command, python)


def make_exchange(python: str) -> None:
    for command in handbook.commands("Make the exchange"):
        run(command, python)


def install_proxy(folder: Path) -> Path:
    """Install JupyterHub's proxy into a folder, and return its program."""
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, PROXY], check=True)
    return folder / "node_modules" / ".bin" / "configurable-http-proxy"


def check_out(teacher: Account, python: str) -> Path:
    """Give the instructor a copy of this repository, as a clone would be, with its environment."""
    course = teacher.home / "course"
    listed = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "ls-files"], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout
    for name in listed.splitlines():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, course / name, follow_symlinks=False)
    print(f"$ make env PYTHON={python}", flush=True)
    subprocess.run(["make", "--silent", "env", f"PYTHON={python}"], cwd=course, check=True, stdout=subprocess.DEVNULL)
    # The environment, too: a package's files may be readable by their owner alone.
    subprocess.run(["chown", "-R", f"{teacher.name}:", course], check=True)
    return course


def clean_up() -> None:
    """Remove what the run put outside of its own folder."""
    for folder in (STUDENTS, EXCHANGE):
        shutil.rmtree(folder, ignore_errors=True)

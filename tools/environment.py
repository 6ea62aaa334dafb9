"""Makes .venv from a lock file; first it looks whether this machine can, and says what it will fetch.

    python tools/environment.py requirements.lock [--torch cpu]

Run by `make env` with any Python that stands on the PATH: only the standard library, and no syntax newer than 3.8.
"""

import argparse
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST, TOO_NEW = (3, 11), (3, 15)
DISK_GB = 4.0  # the environment, and the downloads beside it
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def obstacles(version, system, free_gb, has_venv):
    """Return a sentence for each thing that stops an installation here."""
    found = []
    if not OLDEST <= tuple(version[:2]) < TOO_NEW:
        found.append(f"Expected Python 3.11, 3.12, 3.13 or 3.14, found {version[0]}.{version[1]}. "
                     "Name another: make env PYTHON=python3.12")
    if system not in ("Linux", "Darwin"):
        found.append(f"Expected Linux or macOS, found {system}. On Windows work in WSL2: `wsl --install`, then start "
                     "anew there. (Students need none of this: their bundle runs on Windows.)")
    if free_gb < DISK_GB:
        found.append(f"Expected {DISK_GB:.0f} GB of free disk, found {free_gb:.1f}. "
                     "Make room, then run the same command again.")
    if not has_venv:
        found.append("This Python cannot make an environment: its module ensurepip is missing. On Debian and Ubuntu: "
                     "sudo apt-get install python3-venv")
    return found


def locked_version(lock, name):
    """Return the version of a package in the text of a lock."""
    for line in lock.splitlines():
        match = LOCKED.match(line)
        if match and match[1].lower() == name:
            return match[2]
    raise SystemExit(f"Expected {name} in the lock, found none. Run: make lock")


def block(lock, name):
    """Return the lines of one package, with its hashes."""
    match = re.search(rf"^{re.escape(name)}==.*?(?=^[A-Za-z0-9]|\Z)", lock, re.MULTILINE | re.DOTALL)
    return match[0]


def run(*command):
    """Run a command; its output is shown, and its failure ends this program."""
    done = subprocess.run([str(word) for word in command], cwd=str(ROOT))
    if done.returncode:
        raise SystemExit("This failed, and what it needed stands above: " + " ".join(map(str, command)))


def chosen_by_pip(python, version):
    """Return the version of torch, with its build, that pip takes as it is configured here, or None.

    "installed" if pip has nothing to do.
    """
    wanted = "torch==" + version
    command = [python, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--report", "-", wanted]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode:
        return None
    installs = json.loads(done.stdout)["install"]
    return installs[0]["metadata"]["version"] if installs else "installed"


def torch_command(backend, system, by_pip, python, version):
    """Return the command that installs torch before the lock does; None where the lock's own is the right one.

    On Linux PyPI has only the CUDA build. Where pip is configured to find a CPU build (a mirror, a folder), that one
    is taken; elsewhere uv knows where PyTorch keeps the build for a backend.
    """
    if system != "Linux" or by_pip == "installed":
        return None
    if backend == "cpu" and by_pip is not None and by_pip.endswith("+cpu"):
        return [python, "-m", "pip", "install", "--quiet", "--no-deps", "torch==" + version]
    options = {"cpu": ["--no-deps", "--torch-backend", "cpu"], "pypi": []}.get(backend, ["--torch-backend", backend])
    return [*uv_install(python), *options, "torch==" + version]


def uv_install(python):
    """Return the command with which uv, from .venv, installs beside a Python; it reads no project's settings."""
    uv = [str(VENV / "bin" / "python"), "-m", "uv"]
    return [*uv, "pip", "install", "--quiet", "--no-config", "--python", str(python)]


def make(lock_file, backend):
    """Make the environment, or bring it to what the lock says."""
    lock = lock_file.read_text(encoding="utf-8")
    python = VENV / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", VENV)
    with tempfile.TemporaryDirectory() as folder:
        installer = Path(folder, "uv.txt")
        installer.write_text(block(lock, "uv"), encoding="utf-8")
        run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", installer)
    version = locked_version(lock, "torch")
    command = torch_command(backend, platform.system(), chosen_by_pip(str(python), version), str(python), version)
    if command:
        run(*command)
    run(*uv_install(python), "--no-deps", "--require-hashes", "--compile-bytecode", "-r", lock_file)
    run(*uv_install(python), "--no-deps", "--no-build-isolation", "-e", "gdm_lib", "-e", "gdm_grader")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lock", type=Path)
    parser.add_argument("--torch", default="cpu", help="cpu, auto (your GPU's), pypi, or a backend that uv knows")
    arguments = parser.parse_args()
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    new = not (VENV / ".course").exists()  # `make env` leaves it there when all is installed
    free_gb = shutil.disk_usage(str(ROOT)).free / 1e9 if new else DISK_GB
    found = obstacles(sys.version_info, platform.system(), free_gb, importlib.util.find_spec("ensurepip") is not None)
    if found:
        raise SystemExit("\n".join(found))
    if new:
        print("Fetching some 0.5 GB into .venv, 2 GB on disk: 1 to 5 minutes. With TORCH=auto and a GPU, 3 GB more.",
              flush=True)
    make(arguments.lock.resolve(), arguments.torch)


if __name__ == "__main__":
    main()

"""Makes .venv from a lock file; first it looks whether this machine can, and says what it will fetch.

    python -m tools.environment requirements.lock [--torch cpu]
    python -m tools.environment --show    # what .venv holds

Run by `make env` with any Python that stands on the PATH: only the standard library, and no syntax newer than 3.8.
"""

import argparse
import csv
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.surroundings import (
    DISK_GB,
    OLDEST,
    cache_folder,
    cramped,
    obstacles,
    settings_of_pip,
    settle,
    tell_uv,
    this_machine,
)

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BACKEND = VENV / ".torch"  # holds the name of the backend that torch was installed for
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
NO_INDEX = (". PyTorch keeps the build for CPUs in an index of its own; where that cannot be reached, TORCH=pypi takes "
            "the one of PyPI, with CUDA, 3 GB more")
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


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


def run(*command, advice=""):
    """Run a command; its output is shown, and its failure ends this program."""
    done = subprocess.run([str(word) for word in command], cwd=str(ROOT))
    if done.returncode:
        room = cramped([VENV, Path(tempfile.gettempdir()), cache_folder(os.environ)])
        failed = "This failed, and what it needed stands above: " + " ".join(map(str, command))
        raise SystemExit(failed + advice if not room else failed + "\n" + room)


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


def forget_halves():
    """Take away the record of each package of which a file is missing or cut off, so that it is installed anew.

    A disk that was full, or a kill, leaves such packages, and neither uv nor pip looks further than at the record.
    """
    for record in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not has_all_files(record):
            shutil.rmtree(str(record))


def has_all_files(record):
    """Return True if the files that a package's record lists are there, in their size; what is compiled may be gone.

    A command, which names its Python in the first line, has another size where the environment was moved.
    """
    try:
        listed = list(csv.reader((record / "RECORD").read_text(encoding="utf-8").splitlines()))
        for name, _, size in listed:
            path = record.parent / name
            if path.suffix == ".pyc":
                continue
            found = path.stat().st_size
            if size and (found == 0 < int(size) if name.startswith("..") else found != int(size)):
                return False
    except (OSError, ValueError):
        return False
    return record.name + "/RECORD" in [line[0] for line in listed]  # it lists itself: a part of it may not


def is_whole(python):
    """Return True if .venv can be added to: its Python runs and is new enough, has pip, and lies where it was made.

    It is not after an interruption, after the Python that it was made from went, after its folder was moved (its
    scripts name the old one), or where `uv venv` made it, without pip.
    """
    command = [str(python), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        made = (VENV / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    return done.returncode == 0 and tuple(map(int, done.stdout.split())) >= OLDEST and str(VENV) in made


def make(lock_file, backend):
    """Make the environment, or bring it to what the lock says."""
    lock = lock_file.read_text(encoding="utf-8")
    python = VENV / "bin" / "python"
    if not is_whole(python):
        run(sys.executable, "-m", "venv", "--clear", VENV)
    forget_halves()
    with tempfile.TemporaryDirectory() as folder:
        installer = Path(folder, "uv.txt")
        installer.write_text(block(lock, "uv"), encoding="utf-8")
        run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", installer)
    tell_uv(settings_of_pip(python), os.environ)
    version = locked_version(lock, "torch")
    command = torch_command(backend, platform.system(), chosen_by_pip(str(python), version), str(python), version)
    if command:
        run(*command, advice=NO_INDEX if backend != "pypi" else "")
        BACKEND.write_text(backend, encoding="utf-8")
    run(*uv_install(python), "--no-deps", "--require-hashes", "--compile-bytecode", "-r", lock_file)
    run(*uv_install(python), "--no-deps", "--no-build-isolation", "-e", "gdm_lib", "-e", "gdm_grader")


def show(asked_python, asked_torch):
    """Print what .venv holds; end with a sentence where that is not what was asked for by name."""
    python = VENV / "bin" / "python"
    held = {"Python": said_by(python, VERSION), "torch": BACKEND.read_text() if BACKEND.exists() else ""}
    torch = said_by(python, "from importlib.metadata import version; print(version('torch'))")
    print("In .venv: Python {}, torch {}.".format(held["Python"], torch))
    asked = {"Python": said_by(asked_python, VERSION) if asked_python else "", "torch": asked_torch}
    for name, value in asked.items():
        if value and held[name] and value != held[name]:
            raise SystemExit(f"Expected {name} {value} in .venv, as asked for, found {held[name]}. To make it anew: "
                             "rm -r .venv, then the same command.")


def said_by(python, program):
    """Return the line that a program prints."""
    command = [str(python), "-c", program]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        raise SystemExit(f"Expected a Python under the name {python}, found none.") from None
    if done.returncode:
        raise SystemExit(f"Expected a Python under the name {python}, found one that does not run.")
    return done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lock", type=Path, nargs="?")
    parser.add_argument("--torch", default="cpu", help="cpu, auto (your GPU's), pypi, or a backend that uv knows")
    parser.add_argument("--show", action="store_true", help="only say what there is, and whether it is what was asked")
    parser.add_argument("--python", default="", help="with --show: the Python that somebody asked for by name")
    arguments = parser.parse_args()
    if arguments.show:
        show(arguments.python, arguments.torch)
        return
    new = not (VENV / ".course").exists()  # `make env` leaves it there when all is installed
    machine = this_machine(ROOT)
    found = obstacles(machine if new else machine._replace(free_gb=DISK_GB))
    if found:
        raise SystemExit("\n".join(found))
    if new:
        print("Fetching some 0.5 GB into .venv, 2 GB on disk: 1 to 5 minutes. With TORCH=auto and a GPU, 3 GB more.",
              flush=True)
    settle(os.environ)
    os.umask(0o022)  # nothing here is secret, and students' code runs as another user
    make(arguments.lock.resolve(), arguments.torch)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("Stopped. The same command goes on from here.") from None

"""The machine that an installation meets: its Python, its system, its disk, and the settings of pip and uv.

Read by any Python, before there is an environment: only the standard library, and no syntax newer than 3.8.
"""

import ast
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import NamedTuple

OLDEST, TOO_NEW = (3, 11), (3, 15)
DISK_GB = 4.0  # the environment, and the downloads beside it
LITTLE_GB = 0.5  # less than one package may need
FULL_GB = 0.02  # less than a part of the book may need
ROOT = Path(__file__).resolve().parent.parent
OLDEST_GLIBC = (2, 28)  # of PyTorch's builds for Linux
# Where PyTorch has builds: a system, and the processors for which it has one.
PROCESSORS = {"Linux": ("x86_64", "aarch64", "arm64"), "Darwin": ("arm64",)}
# They would send packages elsewhere than into .venv, or let other packages be found before those that are there.
MISLEADING = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PYTHONPATH", "PYTHONHOME", "PYTHONOPTIMIZE",
              "UV_TARGET", "UV_PREFIX", "UV_SYSTEM_PYTHON", "UV_TORCH_BACKEND", "UV_REQUIRE_HASHES")
# What uv calls a setting that pip has, too: it reads neither pip's file nor pip's variables.
FOR_UV = {"index-url": ("UV_DEFAULT_INDEX",), "trusted-host": ("UV_INSECURE_HOST",), "cert": ("SSL_CERT_FILE",),
          "proxy": ("HTTP_PROXY", "HTTPS_PROXY")}


class Machine(NamedTuple):
    """A Python and the machine that it runs on, as far as an installation asks."""

    version: tuple  # such as (3, 12, 1)
    kind: str  # CPython, CPython without the GIL, PyPy
    system: str
    processor: str
    glibc: str  # such as 2.36; empty where there is none
    free_gb: float
    has_venv: bool


def this_machine(folder):
    """Return what is true here; `folder` lies on the disk that counts."""
    kind = platform.python_implementation()
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        kind += " without the GIL"
    wide = sys.maxsize > 2**32
    library, version = platform.libc_ver()
    return Machine(tuple(sys.version_info), kind, platform.system(),
                   platform.machine() if wide else platform.machine() + " with a Python of 32 bits",
                   version if library == "glibc" else "", shutil.disk_usage(str(folder)).free / 1e9,
                   importlib.util.find_spec("ensurepip") is not None)


def obstacles(machine):
    """Return a sentence for each thing that stops an installation."""
    found = []
    if not OLDEST <= tuple(machine.version[:2]) < TOO_NEW:
        found.append("Expected Python 3.11, 3.12, 3.13 or 3.14, found {}.{}. ".format(*machine.version[:2]) +
                     "Name another: make env PYTHON=python3.12")
    if machine.kind != "CPython":
        found.append(f"Expected CPython, found {machine.kind}, for which many packages have no build. "
                     "Name another: make env PYTHON=python3.12")
    if machine.system not in PROCESSORS:
        found.append(f"Expected Linux or macOS, found {machine.system}. On Windows work in WSL2: `wsl --install`, then "
                     "start anew there. (Students need none of this: their bundle runs on Windows.)")
    elif machine.processor not in PROCESSORS[machine.system]:
        found.append(f"Expected {' or '.join(PROCESSORS[machine.system])}, found {machine.processor}: there is no "
                     "PyTorch for it. Work on another machine, on a JupyterHub or in Colab.")
    elif machine.system == "Linux" and not has_glibc(machine.glibc):
        found.append(f"Expected glibc {OLDEST_GLIBC[0]}.{OLDEST_GLIBC[1]} or newer, found {machine.glibc or 'none'}: "
                     "there is no PyTorch for it. Debian 10, Ubuntu 20.04, RHEL 8 and what came later have it, Alpine "
                     "does not.")
    if machine.free_gb < DISK_GB:
        found.append(f"Expected {DISK_GB:.0f} GB of free disk, found {machine.free_gb:.1f}. "
                     "Make room, then run the same command again.")
    if not machine.has_venv:
        found.append("This Python cannot make an environment: its module ensurepip is missing. On Debian and Ubuntu: "
                     "sudo apt-get install python3-venv; or name another: make env PYTHON=/path/to/python3.12")
    return found


def cramped(folders, little_gb=LITTLE_GB, again="the same command again: it goes on from here"):
    """Return a sentence on the first folder on whose disk little is left; an empty text if there is none."""
    for folder in folders:
        there = next(path for path in (folder, *folder.parents) if path.exists()).resolve()
        free = shutil.disk_usage(str(there)).free / 1e9
        names = os.statvfs(str(there))
        if free < little_gb:
            left = f"Only {1000 * free:.0f} MB are left"
        elif names.f_files and not names.f_favail:
            left = "No more files fit"
        else:
            continue
        disk = next(path for path in (there, *there.parents) if path.is_mount())
        return f"{left} on {disk}, the disk that holds {folder}. Make room there, then run {again}."
    return ""


def has_glibc(version):
    """Return True if this is a version of glibc that PyTorch is built for."""
    numbers = version.split(".")[:2]
    return len(numbers) == 2 and tuple(int(number) for number in numbers) >= OLDEST_GLIBC


def settle(variables):
    """Take out of the variables of the environment what would lead an installation astray; fill in what it lacks."""
    for name in MISLEADING:
        variables.pop(name, None)
    if os.path.expanduser("~") == "~":  # a user without a name, as of `docker run -u 12345`
        variables["HOME"] = "/nonexistent"
    variables.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    variables["PIP_USER"] = "0"  # it beats `user = true` in pip's own file, which an environment refuses
    if not can_write(cache_folder(variables)):
        variables["UV_NO_CACHE"] = variables["PIP_NO_CACHE_DIR"] = "1"


def cache_folder(variables):
    """Return where uv keeps its downloads."""
    home = Path(variables.get("HOME") or os.path.expanduser("~"))
    return Path(variables.get("UV_CACHE_DIR") or Path(variables.get("XDG_CACHE_HOME") or home / ".cache") / "uv")


def can_write(folder):
    """Return True if files can be made in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(str(folder), os.W_OK | os.X_OK)


def settings_of_pip(python):
    """Return the settings of pip, from its files and variables, by name; a variable counts before a file."""
    done = subprocess.run([str(python), "-m", "pip", "config", "list"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    by_place = {"global": {}, "install": {}, ":env:": {}}  # a later one counts
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        place, _, name = key.partition(".")
        if place in by_place:
            by_place[place][name] = str(ast.literal_eval(value))
    found = {}
    for settings in by_place.values():
        found.update(settings)
    return found


def tell_uv(settings, variables):
    """Set the variables of uv by the settings of pip, where nobody has set them: the index, proxy and certificates."""
    for name, names in FOR_UV.items():
        if settings.get(name):
            for variable in names:
                variables.setdefault(variable, settings[name])


def told(again):
    """Return what to say after something failed that may have filled a disk, and which command to run then."""
    home = Path(os.path.expanduser("~"))
    try:
        scratch = [Path(tempfile.gettempdir())]
    except FileNotFoundError as error:  # not one byte fits into any of the folders for them
        return f"{error.strerror}. Make room on their disk, then run {again}."
    return cramped([ROOT / "_build", ROOT, *scratch, *([home] if home.is_absolute() else [])], FULL_GB, again)


if __name__ == "__main__":
    said = told(sys.argv[1] if len(sys.argv) > 1 else "the same command again")
    if said:
        print("\n" + said)

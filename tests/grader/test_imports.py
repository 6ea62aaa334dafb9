"""A package that cannot be imported is named in a sentence; a fault of the program is not called a broken package."""

import errno
import os
import subprocess
import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from gdm_grader.imports import sentence_for_import

GONE = "import ctypes\nctypes.CDLL('libgone.so')\n"  # as torch and numpy do where half of them is missing


def package(folder: Path, name: str, code: str) -> Path:
    """Write a package into a folder."""
    (folder / name).mkdir(parents=True)
    (folder / name / "__init__.py").write_text(code)
    return folder


def told(code: str) -> str | None:
    """Return the sentence where a module of the grader fails at these lines."""
    with pytest.raises(Exception) as failure:  # noqa: PT011  (any kind: the sentence is looked at)
        exec(code, {"__spec__": ModuleSpec("gdm_grader.of_this_test", None)})
    return sentence_for_import(failure.value)


def gdm(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `gdm` with packages that lie before those of the environment."""
    return subprocess.run([sys.executable, "-m", "gdm_grader", *words], text=True, capture_output=True, cwd=path,
                          env=os.environ | {"PYTHONPATH": str(path)})


@pytest.mark.parametrize(("name", "code", "says"), [
    ("typer", GONE, "The package typer could not be imported: OSError: libgone.so"),
    ("nbformat", "half = = 1", "The package nbformat could not be imported: SyntaxError: invalid syntax"),
    ("nbformat", "import not_there", "The package nbformat, which needs not_there, could not be imported"),
    ("zmq", GONE, ", which needs zmq, could not be imported: OSError: libgone.so")])
def test_a_command_names_the_package_and_where_it_lies(tmp_path, name, code, says):
    done = gdm(package(tmp_path, name, code), "demo", "masks", "--class", str(tmp_path / "class"))
    assert done.returncode == 1
    assert says in done.stderr
    if "not_there" not in code:
        assert f"{name} lies in {tmp_path / name}, since PYTHONPATH names {tmp_path}. Run `unset" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["torch", pytest.param("numpy", marks=pytest.mark.slow)])
def test_a_worker_names_it_too(tmp_path, name):
    program = ("from gdm_grader.grading.cohort import _grade\nfrom gdm_grader.grading.workers import Processes, each\n"
               "if __name__ == '__main__':\n    list(each(_grade, ['anna'], Processes(1)))\n")
    (tmp_path / "program.py").write_text(program)
    path = package(tmp_path / "path", name, GONE)
    done = subprocess.run([sys.executable, tmp_path / "program.py"], text=True, capture_output=True,
                          env=os.environ | {"PYTHONPATH": str(path)})
    assert f"GraderError: The package torch{', which needs numpy,' * (name == 'numpy')} could not be" in done.stderr
    assert f"{name} lies in {path / name}" in done.stderr


def test_a_package_that_is_gone_is_not_installed():
    assert f"is not installed in {sys.prefix}" in (told("import not_there") or "")


@pytest.mark.parametrize("code", [
    "from typer import not_there", "import typer.not_there", "from os import not_there",
    "from gdm_grader.errors import not_there", "import gdm_grader.not_there", "from gdm_lib import not_there",
    "raise ImportError('no module named typer')", "import json\njson.loads('{')",
    "compile('x = = 1', 'a cell', 'exec')", "import nbformat\nnbformat.read('not there', 4)",
    "exec('import not_there', {})"])
def test_a_fault_of_the_program_keeps_its_traceback(code):
    assert told(code) is None


@pytest.mark.parametrize("raised", ["MemoryError()", f"OSError({errno.ENOSPC}, 'No space left on device')"])
def test_a_machine_without_room_is_no_broken_package(tmp_path, monkeypatch, raised):
    monkeypatch.syspath_prepend(package(tmp_path, "cramped", f"raise {raised}"))
    assert told("import cramped") is None


@pytest.mark.parametrize("missed", [True, False], ids=["Python 3.11", "3.12, which lists only what is there"])
@pytest.mark.parametrize(("lists", "told_of"), [("half/__init__.py,,0\n", False), ("half/__init__.py,,9\n", True),
                                               ("half/__init__.py,,0\nhalf/api.py,,20\n", True)])
def test_a_package_with_half_of_its_files_is_told(tmp_path, monkeypatch, lists, told_of, missed):
    if not missed:
        monkeypatch.setattr(PathDistribution, "files", [])
    record = tmp_path / "half-1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text(lists)
    (record.parent / "METADATA").write_text("Name: half\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(package(tmp_path, "half", ""))
    sentence = told("from half import api")
    assert (sentence is not None) is told_of
    if sentence:
        assert sentence.startswith("The package half could not be imported: ImportError: cannot import name 'api'")

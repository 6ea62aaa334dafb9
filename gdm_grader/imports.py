"""Tells a package that cannot be imported from a fault of the program; it needs nothing but Python itself.

A package is half installed, was made for another Python, or another one of its name lies before it on the path: its
import then raises anything, ImportError, OSError of a library that is gone, or SyntaxError.
"""

import csv
import dis
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions, requires
from pathlib import Path
from types import TracebackType

OWN = ("gdm_grader", "gdm_lib")
# The machine's state, and not the package's.
SCARCE = (errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


def sentence_for_import(error: BaseException | None) -> str | None:
    """Return a sentence on the package that could not be imported; None if that is not what happened.

    A name that is looked for in a package that is whole and of a version that fits is a fault of the program.
    """
    if not isinstance(error, Exception) or isinstance(error, MemoryError) or getattr(error, "errno", None) in SCARCE:
        return None
    trace = list(levels(error.__traceback__))
    ours = [i for i, step in enumerate(trace) if top(module_of(step)) in OWN]
    wanted = imported_by(trace[ours[-1]]) if ours else None
    if wanted is None:
        return None
    inside = [step for step in trace[ours[-1] + 1:] if step.tb_frame.f_code.co_name == "<module>" and module_of(step)]
    last = inside[-1] if inside else trace[ours[-1]]
    at_once = last is trace[-1] and imported_by(last)  # the failure is that of the line itself
    culprit = top(getattr(error, "name", None) or at_once if at_once else module_of(last))
    if culprit in OWN or (not inside and isinstance(error, ImportError) and whole(culprit)):
        return None
    return f"{failure(top(wanted), culprit, error)} {remedy(culprit)}"


def levels(trace: TracebackType | None) -> Iterator[TracebackType]:
    """Yield the steps of a traceback, from the outermost, without those of Python's own import."""
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith("<frozen importlib"):
            yield trace
        trace = trace.tb_next


def module_of(step: TracebackType) -> str:
    """Return the name of the module whose code runs in a step."""
    spec = step.tb_frame.f_globals.get("__spec__")
    return spec.name if spec else ""


def top(module: str) -> str:
    """Return the package that a module belongs to."""
    return module.partition(".")[0]


def imported_by(step: TracebackType) -> str | None:
    """Return the name of the module that the line of a step imports, None if it does something else."""
    found = None
    for instruction in dis.get_instructions(step.tb_frame.f_code):
        if instruction.opname == "IMPORT_NAME":
            found = instruction.argval
        if instruction.offset == step.tb_lasti:
            return found if instruction.opname in ("IMPORT_NAME", "IMPORT_FROM") else None
    return None


def failure(wanted: str, culprit: str, error: Exception) -> str:
    """Return what could not be imported, and why."""
    through = "" if culprit == wanted else f", which needs {culprit},"
    said = " ".join(str(error).split()) or "no message"
    return f"The package {wanted}{through} could not be imported: {type(error).__name__}: {said.rstrip('.')}."


def remedy(package: str) -> str:
    """Return where a package lies, and what to do about it."""
    lies = lies_in(package)
    if package in sys.stdlib_module_names and (lies is None or lies.is_relative_to(sys.base_prefix)):
        return f"It is a part of Python itself, which is not whole in {sys.base_prefix}. Take another Python."
    if lies is None:
        return f"{package} is not installed in {sys.prefix}. {to_install(package)}"
    if lies.is_relative_to(sys.prefix):
        return f"{package} lies in {lies}. {to_install(package)}"
    named = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep)
             if folder and lies.parent == Path(folder).absolute()]
    if named:
        return (f"{package} lies in {lies}, since PYTHONPATH names {named[0]}. Run `unset PYTHONPATH`, then the same "
                "command again.")
    return (f"{package} lies in {lies}, outside of this environment, {sys.prefix}: rename it, or take its folder off "
            "Python's path.")


def lies_in(package: str) -> Path | None:
    """Return the folder or file of a package, None if it is not to be found."""
    spec = PathFinder.find_spec(package)
    if spec is None:
        return None
    folders = list(spec.submodule_search_locations or [])
    return Path(folders[0] if folders else spec.origin or "").absolute()


def to_install(package: str) -> str:
    """Return how it is installed anew: in a checkout with the whole environment, whose versions are locked."""
    if (Path(sys.prefix) / ".course").exists():
        return f"Make the environment anew: remove {sys.prefix}, then run `make env`."
    name = known_as(package)
    return f"Install it anew: `{sys.executable} -m pip install --force-reinstall --no-deps {name}`."


def known_as(package: str) -> str:
    """Return the name under which a package is installed; its own where nothing says so."""
    return next(filter(None, packages_distributions().get(package, [])), package)


def whole(package: str) -> bool:
    """Return whether a package has all its files, and is of a version that gdm-grader asks for."""
    lies = lies_in(package)
    if package in sys.stdlib_module_names:
        return lies is None or lies.is_relative_to(sys.base_prefix)
    try:
        installed = distribution(known_as(package))
    except PackageNotFoundError:
        return False
    here = lies is not None and lies.is_relative_to(Path(str(installed.locate_file(""))).absolute())
    return here and all(files_of_record(installed)) and of_a_version_asked_for(installed)


def files_of_record(installed: Distribution) -> Iterator[bool]:
    """Yield for each file of a package's record whether it is there, in its full size where that is known.

    Commands are left out, and what is compiled, which may be gone. `Distribution.files` names only the files that are
    there, from Python 3.12 on.
    """
    for name, _, size in csv.reader((installed.read_text("RECORD") or "").splitlines()):
        path = Path(str(installed.locate_file(name)))
        if not name.startswith("..") and path.suffix != ".pyc":
            yield path.is_file() and size in ("", str(path.stat().st_size))


def of_a_version_asked_for(installed: Distribution) -> bool:
    """Return whether gdm-grader's own requirements ask for no other version."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    asked: list[Requirement] = []
    name = canonicalize_name(installed.metadata["Name"] or "")
    with suppress(PackageNotFoundError):  # run from its files alone, it asks for nothing
        asked += map(Requirement, requires("gdm-grader") or [])
    return all(each.specifier.contains(installed.version, prereleases=True)
               for each in asked if canonicalize_name(each.name) == name)

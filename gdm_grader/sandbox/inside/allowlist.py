"""The allow-list: what a sandboxed kernel sees of this machine, always read-only."""

import os
import sys
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime",
          "/etc/mime.types", "/sys/devices/system/cpu")


def environment(packages: tuple[str, ...]) -> list[str]:
    """Python's own folders, and of a checkout these packages and nothing beside them."""
    prefixes = [os.path.realpath(path) for path in (sys.base_prefix, sys.prefix)]
    return prefixes + [folder_of(name) for name in packages]


def folder_of(package: str) -> str:
    """Return the folder of a package; OSError if it is not installed."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise OSError(f"the package {package}, which notebooks import, is not installed in {sys.prefix}")
    return os.path.realpath(next(iter(spec.submodule_search_locations)))


def read_only(packages: tuple[str, ...]) -> list[str]:
    """Return every path of the allow-list that this machine has; a path below another one is left out."""
    paths = sorted({path for path in (*SYSTEM, *environment(packages)) if os.path.exists(path)})
    return [path for path in paths if not _is_below(path, paths)]


def _is_below(path: str, others: list[str]) -> bool:
    return any(other != path and Path(path).is_relative_to(other) for other in others)


def without(paths: list[str], shut: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the paths with holes: what is in `shut` is left out, and what lies beside it stays.

    The second list are the folders that a hole is in: they are no path of the first any more, but can be listed.
    """
    open_paths: list[str] = []
    listed: list[str] = []
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        inside = [hole for hole in shut if Path(hole).is_relative_to(path)]
        if not inside:
            open_paths.append(path)
        elif path not in shut:
            listed.append(path)
            waiting += [os.path.join(path, name) for name in os.listdir(path)]
    return open_paths, listed

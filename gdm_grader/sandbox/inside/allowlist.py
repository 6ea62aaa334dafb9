"""The allow-list: what a sandboxed kernel sees of this machine, always read-only."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime",
          "/sys/devices/system/cpu")


def environment(packages: tuple[str, ...]) -> list[str]:
    """Python's own folders, and of a checkout these packages and nothing beside them."""
    prefixes = [os.path.realpath(path) for path in (sys.base_prefix, sys.prefix)]
    return prefixes + [_folder(name) for name in packages]


def _folder(package: str) -> str:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise OSError(f"the package {package}, which notebooks import, is not installed in {sys.prefix}")
    return os.path.realpath(next(iter(spec.submodule_search_locations)))


def read_only(packages: tuple[str, ...]) -> list[str]:
    """Return every path of the allow-list that this machine has; a path below another one is left out."""
    paths = sorted({path for path in (*SYSTEM, *environment(packages)) if os.path.exists(path)})
    return [path for path in paths if not any(Path(path).is_relative_to(other) for other in paths if other != path)]

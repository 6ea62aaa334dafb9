"""A package with other contents for some of its files, where nothing can be mounted over these: a copy in the home."""

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from gdm_grader.sandbox.inside import allowlist


def shut(packages: tuple[str, ...], withheld: Collection[str]) -> tuple[list[str], dict[str, dict[str, bytes]]]:
    """Return the folders of the packages that hold a withheld file, and their Python files' contents by package."""
    folders, copies = [], {}
    for package in packages:
        folder = allowlist.folder_of(package)
        if any(Path(path).is_relative_to(folder) for path in withheld):
            folders.append(folder)
            copies[folder] = {str(path): path.read_bytes() for path in Path(folder).rglob("*")
                              if path.is_file() and path.suffix != ".pyc"}
    return folders, copies


def copy_packages(copies: Mapping[str, Mapping[str, bytes]], target: str, withheld: Mapping[str, bytes]) -> None:
    """Write the packages below `target`, with the withheld contents, and have this process import from there."""
    for folder, files in copies.items():
        parent = os.path.dirname(folder)
        for path, content in files.items():
            place = os.path.join(target, os.path.relpath(path, parent))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            Path(place).write_bytes(withheld.get(path, content))
        _import_from(folder, os.path.join(target, os.path.basename(folder)))
        sys.path.insert(0, target)
        os.environ["PYTHONPATH"] = target


def _import_from(folder: str, place: str) -> None:
    """Have the modules imported from `folder` name their files in `place`, and look for others there."""
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if not isinstance(path, str) or not os.path.realpath(path).startswith(folder + os.sep):
            continue
        moved = os.path.join(place, os.path.relpath(os.path.realpath(path), folder))
        module.__file__ = moved
        if getattr(module, "__path__", None):
            module.__path__ = [os.path.dirname(moved)]
        spec = module.__spec__
        if spec is not None:
            spec.origin = moved
            spec.submodule_search_locations = list(module.__path__) if hasattr(module, "__path__") else None
            loader: Any = spec.loader
            if hasattr(loader, "path"):
                loader.path = moved
    sys.path_importer_cache.clear()

"""Puts the plain notebooks of the pages into _build/launch, with what they need: the library, data, an environment.

    make launch

The branch `notebooks`, which the launch buttons open, holds just this.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
BESIDE = (".binder", "requirements.lock", "LICENSE", "LICENSE-text")
READ = ("gdm_lib", "book/*/*.json", "book/*/*.npz")  # by the pages


def gather(root: Path) -> Path:
    """Make the folder anew, from a repository in which the book is built; return it."""
    target = root / "_build" / "launch"
    shutil.rmtree(target, ignore_errors=True)
    built = root / "_build" / "html" / "_sources"
    for notebook in sorted(built.rglob("*.ipynb")):
        put(notebook, target / notebook.relative_to(built))
    kept = subprocess.run(["git", "ls-files", "-z", *BESIDE, *READ], cwd=root, check=True, capture_output=True,
                          text=True).stdout
    for name in kept.split("\0")[:-1]:
        put(root / name, target / name)
    return target


def put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


if __name__ == "__main__":
    gather(ROOT)

"""A submission's notebook, as it was handed in."""

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LARGEST = 20_000_000  # bytes; a notebook that is larger holds data, not answers


def opened(folder: Path, name: str) -> NotebookNode:
    """The submission's notebook; ValueError says in a sentence what keeps it from being opened."""
    path = folder / f"{name}.ipynb"
    if path.is_symlink():
        raise ValueError(f"{path.name} is a link, not a notebook")
    if not path.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        raise ValueError(f"no notebook {name}.ipynb" + (f", found {', '.join(others)}" if others else ""))
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST // 1_000_000} MB")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise ValueError(f"{path.name} is not a notebook (not JSON)") from None
    if not isinstance(content, dict) or "nbformat" not in content:
        raise ValueError(f"{path.name} is not a notebook (no nbformat)")
    try:
        nb = nbformat.reads(json.dumps(content), as_version=4)
        nbformat.validate(nb)
    except Exception as error:  # nbformat raises many kinds
        raise ValueError(f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}") from None
    return nb

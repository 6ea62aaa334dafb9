"""A submission's notebook, as it was handed in."""

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from gdm_grader.errors import SubmissionError

MAX_NOTEBOOK_BYTES = 20_000_000  # a notebook that is larger holds data, not answers


def read_submission(folder: Path, name: str) -> NotebookNode:
    """Return the submission's notebook; SubmissionError says in a sentence what keeps it from being opened."""
    path = folder / f"{name}.ipynb"
    if path.is_symlink():
        raise SubmissionError(f"{path.name} is a link, not a notebook")
    if not path.is_file():
        others = sorted(other.name for other in folder.glob("*.ipynb"))
        raise SubmissionError(f"no notebook {name}.ipynb" + (f", found {', '.join(others)}" if others else ""))
    if path.stat().st_size > MAX_NOTEBOOK_BYTES:
        raise SubmissionError(f"{path.name} is larger than {MAX_NOTEBOOK_BYTES // 1_000_000} MB")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise SubmissionError(f"{path.name} is not a notebook (not JSON)") from None
    if not isinstance(content, dict) or "nbformat" not in content:
        raise SubmissionError(f"{path.name} is not a notebook (no nbformat)")
    try:
        nb = nbformat.reads(json.dumps(content), as_version=4)
        nbformat.validate(nb)
    except Exception as error:  # nbformat raises many kinds
        raise SubmissionError(f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}") from None
    return nb


def files_beside(folder: Path) -> dict[str, bytes]:
    """Return the files that a kernel may see, by relative path; notebooks and links are left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found

"""Notebooks as they are committed: executed top to bottom, text outputs kept, nothing else that changes by itself."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from gdm_grader.course.disk import whole

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
METADATA = NotebookNode({"kernelspec": KERNELSPEC, "language_info": {"name": "python"}})
KEPT_METADATA = {"nbgrader", "mystnb", "tags"}
GLUE = "scrapbook"
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
# One thread: the same digits every time; no progress bar: it shows how fast this machine is.
REFRESH_ENVIRONMENT = {"TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1"}
TIMEOUT = 600  # seconds a cell


def refresh(paths: Iterable[Path]) -> Iterator[tuple[Path, str | None]]:
    """Execute each notebook in its own folder, clean it, write it back.

    Yields each path when it is done, with a sentence if it failed, else None; a file that failed is as it was.
    """
    for path in paths:
        try:
            nb = nbformat.read(path, as_version=4)
        except (OSError, ValueError) as error:
            yield path, f"{path} cannot be read as a notebook: {_first_line(error)}"
            continue
        why = _execute(nb, path.parent)
        if why is not None:
            yield path, f"{path} is left as it was: {why}"
            continue
        clean_executed(nb)
        whole.write(path, nbformat.writes(nb).rstrip("\n") + "\n")
        yield path, None


def _execute(nb: NotebookNode, folder: Path) -> str | None:
    """Run all cells; return what stopped them, in a sentence, or None."""
    client = NotebookClient(nb, timeout=TIMEOUT, kernel_name="python3", coalesce_streams=True,
                            extra_arguments=["--log-level=ERROR"],
                            resources={"metadata": {"path": str(folder)}})
    running: list[int] = []
    client.on_cell_execute = lambda cell, cell_index: running.append(cell_index)
    try:
        client.execute(env={**os.environ, **REFRESH_ENVIRONMENT})
    except CellExecutionError as error:
        return f"{_named(nb, running)} raised {error.ename}: {_first_line(error.evalue)}".removesuffix(": ")
    except CellTimeoutError:
        return f"{_named(nb, running)} took more than {TIMEOUT} s"
    except DeadKernelError:
        return f"{_named(nb, running)} ended its Python process"
    return None


def _named(nb: NotebookNode, running: list[int]) -> str:
    number = running[-1]
    first = _first_line(nb.cells[number].source)
    return f"cell {number}, which begins with {first[:60]!r},"


def _first_line(text: object) -> str:
    return next(iter(str(text).strip().splitlines()), "")


def found(paths: Iterable[Path]) -> Iterator[Path]:
    """The notebooks among the paths and, in alphabetical order, below those that are folders."""
    for path in paths:
        inside = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        yield from (notebook for notebook in inside if ".ipynb_checkpoints" not in notebook.parts)


def clean_executed(nb: NotebookNode) -> None:
    """Remove from an executed notebook what a diff should not show; cell ids stay as they are."""
    nb.metadata = NotebookNode(METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    count = 0
    for cell in nb.cells:
        cell.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key in KEPT_METADATA})
        if cell.cell_type != "code":
            continue
        ran = bool(cell.source.strip())
        count += ran
        cell.execution_count = count if ran else None
        cell.outputs = [_clean_output(output, count) for output in cell.outputs]


def _clean_output(output: NotebookNode, count: int) -> NotebookNode:
    if "data" in output:
        output.data = NotebookNode({kind: data for kind, data in output.data.items() if not kind.startswith("image/")})
        # MyST-NB's glue keeps the name of a number for the text here.
        output.metadata = NotebookNode({key: value for key, value in output.metadata.items() if key == GLUE})
    if output.output_type == "execute_result":
        output.execution_count = count
    return output


def violations(path: Path) -> list[str]:
    """Return what is not clean in a committed notebook, a sentence each."""
    nb = nbformat.read(path, as_version=4)
    found = [] if nb.metadata == METADATA else ["the notebook's metadata is not the project's"]
    count = 0
    for number, cell in enumerate(nb.cells):
        where = f"cell {number}"
        extra = sorted(set(cell.metadata) - KEPT_METADATA)
        if extra:
            found.append(f"{where} has metadata {', '.join(extra)}")
        if cell.cell_type == "code" and cell.source.strip():
            count += 1
            if cell.execution_count != count:
                found.append(f"{where} has execution count {cell.execution_count}, expected {count}")
            for output in cell.outputs:
                found += [f"{where} {problem}" for problem in _output_violations(output)]
    return [f"{path}: {problem}; run `gdm refresh {path}`" for problem in found]


def _output_violations(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "error":
        yield f"stores an error, {output.ename}"
    if output.get("name") == "stderr":
        yield "writes to stderr"
    if ADDRESS.search(output.get("text", "") or output.get("data", {}).get("text/plain", "")):
        yield "prints an address in memory, another one in each run"
    for kind in output.get("data", {}):
        if kind.startswith("image/"):
            yield f"stores a picture, {kind}"

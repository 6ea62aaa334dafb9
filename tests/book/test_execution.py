"""While the book is built its kernels say nothing that is not about the book."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
sys.path.insert(0, {extensions!r})
from gdm_book.execution import keep_quiet, run
{first}
kernel = {{"kernelspec": {{"name": "python3", "display_name": "Python 3"}}}}
done = run(Path("page.ipynb").absolute(), new_notebook(cells=[new_code_cell("print(6 * 7)")], metadata=kernel), 60)
print(done.nb.cells[0].outputs[0].text)
"""


def executed(folder: Path, first: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(extensions=str(ROOT / "book" / "_ext"), first=first)
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)


def test_a_kernel_of_the_build_warns_of_nothing(tmp_path: Path) -> None:
    done = executed(tmp_path, "keep_quiet(Path.cwd())")
    assert done.stdout.strip() == "42"
    assert "IPKernelApp" not in done.stderr


def test_without_this_it_would(tmp_path: Path) -> None:
    assert "IPKernelApp" in executed(tmp_path, "").stderr

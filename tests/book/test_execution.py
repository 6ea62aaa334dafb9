"""While the book is built its kernels say nothing that is not about the book."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
sys.path.insert(0, {extensions!r})
from gdm_book.execution import run
from gdm_book.plots import draw_as_svg
{first}
PLOT = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
kernel = {{"kernelspec": {{"name": "python3", "display_name": "Python 3"}}}}
done = run(Path("page.ipynb").absolute(), new_notebook(cells=[new_code_cell("print(6 * 7)"), new_code_cell(PLOT)],
           metadata=kernel), 60)
print(done.nb.cells[0].outputs[0].text)
print(*sorted(done.nb.cells[1].outputs[0].data))
"""


def executed(folder: Path, first: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(extensions=str(ROOT / "book" / "_ext"), first=first)
    plain = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}  # the tests' own
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True,
                          env=plain)


def test_a_kernel_of_the_build_warns_of_nothing(tmp_path: Path) -> None:
    done = executed(tmp_path, "draw_as_svg(Path.cwd())")
    assert done.stdout.split()[0] == "42"
    assert "IPKernelApp" not in done.stderr


def test_a_kernel_of_the_build_draws_svg(tmp_path: Path) -> None:
    assert "image/svg+xml" in executed(tmp_path, "draw_as_svg(Path.cwd())").stdout
    assert "image/svg+xml" not in executed(tmp_path, "").stdout


def test_without_this_it_would(tmp_path: Path) -> None:
    assert "IPKernelApp" in executed(tmp_path, "").stderr

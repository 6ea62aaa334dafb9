"""While the book is built its kernels say nothing that is not about the book."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
print(done.data["cpu_seconds"])
"""
# Two pages after each other; then the kernels' pids, of which none may live, nor the process that forked them.
FORGETS = """
import os, sys, time
from pathlib import Path
from nbformat.v4 import new_code_cell, new_notebook
sys.path.insert(0, {extensions!r})
from gdm_book.execution import run
from gdm_book.kernels import ForkedKernel, fork_kernels
fork_kernels()
kernel = {{"kernelspec": {{"name": "python3", "display_name": "Python 3"}}}}
first, second = [new_notebook(cells=[new_code_cell(source)], metadata=kernel) for source in (
    {source!r}, "import os; assert 'forgotten' not in globals(); print(os.getppid())")]
print(run(Path("page.ipynb").absolute(), first, 60) is not None)
done = run(Path("page.ipynb").absolute(), second, 60)
print(int(done.nb.cells[0].outputs[0].text) == ForkedKernel.warm.pid)
ForkedKernel.warm.stdin.close()
print(ForkedKernel.warm.wait(20) == 0)
"""


def executed(folder: Path, first: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(extensions=str(ROOT / "book" / "_ext"), first=first)
    plain = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}  # the tests' own
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True,
                          env=plain)


FORKED = "from gdm_book.kernels import fork_kernels; fork_kernels()"


@pytest.mark.parametrize("first", ["", FORKED], ids=["started", "forked"])
def test_a_kernel_of_the_build_warns_of_nothing_and_draws_svg(tmp_path: Path, first: str) -> None:
    done = executed(tmp_path, f"draw_as_svg(Path.cwd())\n{first}")
    assert done.stdout.split()[0] == "42"
    assert "image/svg+xml" in done.stdout
    assert float(done.stdout.split()[-1]) > 0  # seconds of CPU
    assert done.stderr == ""


def test_a_forked_kernel_starts_anew_and_leaves_nothing(tmp_path: Path) -> None:
    lines = ["import os, random, sys; import numpy, torch", "assert 'gdm_lib' not in sys.modules",
             "assert os.getcwd() == os.path.realpath(os.environ['PAGE'])", "forgotten = 1"]
    program = FORGETS.format(extensions=str(ROOT / "book" / "_ext"), source="\n".join(lines))
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True,
                          env=os.environ | {"PAGE": str(tmp_path)})
    assert done.stdout.split() == ["True", "True", "True"]


def test_a_plain_kernel_draws_pixels(tmp_path: Path) -> None:
    assert "image/svg+xml" not in executed(tmp_path, "").stdout


def test_without_this_it_would(tmp_path: Path) -> None:
    assert "IPKernelApp" in executed(tmp_path, "").stderr

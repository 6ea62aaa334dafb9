"""While the book is built its kernels say nothing that is not about the book; a full disk ends it, and it goes on."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from gdm_book import cache as caches
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbformat.v4 import new_code_cell, new_notebook

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


@pytest.mark.parametrize("first", [pytest.param("", marks=pytest.mark.slow, id="started"),
                                   pytest.param(FORKED, id="forked")])
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


# Eight pages, of which the first to end meets a full disk; each leaves its pid behind.
FULL = """
import errno, os, sys
from pathlib import Path
from types import SimpleNamespace
import nbformat
from nbformat.v4 import new_code_cell, new_notebook
sys.path.insert(0, {extensions!r})
from gdm_book import execution
class Full:
    def cache_notebook_bundle(self, *_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
execution.get_cache = lambda path: Full()
execution.is_known = lambda cache, nb: False
os.cpu_count = lambda: 2
kernel = {{"kernelspec": {{"name": "python3", "display_name": "Python 3"}}}}
pages = [Path(str(number) + ".ipynb").absolute() for number in range(8)]
for number, page in enumerate(pages):
    source = "import os, pathlib, time; pathlib.Path('{{}}.pid').write_text(str(os.getpid())); time.sleep({{}})"
    cell = new_code_cell(source.format(number, 0 if number == 7 else 5))
    nbformat.write(new_notebook(cells=[cell], metadata=kernel), page)
config = SimpleNamespace(nb_execution_cache_path="", nb_execution_timeout=60)
execution.execute(SimpleNamespace(config=config), SimpleNamespace(doc2path=lambda page: page), pages)
"""


@pytest.mark.slow
def test_a_full_disk_ends_the_build_before_every_page_is_executed(tmp_path: Path) -> None:
    program = FULL.format(extensions=str(ROOT / "book" / "_ext"))
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"OSError: [Errno {errno.ENOSPC}] {os.strerror(errno.ENOSPC)}" in done.stderr
    begun = [int(path.read_text()) for path in tmp_path.glob("*.pid")]
    assert 1 <= len(begun) <= 4, "of 8 pages two are at work, and one is done"
    for _ in range(300):
        if not any(Path("/proc", str(pid)).exists() for pid in begun):
            break
        time.sleep(0.1)
    else:
        pytest.fail("a kernel still runs")


@pytest.mark.parametrize("break_it", [
    lambda page: page.write_text(page.read_text()[:50]), Path.unlink, lambda page: shutil.rmtree(page.parent)],
    ids=["half", "gone", "folder"])  # fmt: skip
def test_what_was_half_written_into_the_cache_is_made_anew(tmp_path: Path, break_it) -> None:
    cache, nb = get_cache(tmp_path), new_notebook(cells=[new_code_cell("1 + 1")])

    def keep() -> None:
        cache.cache_notebook_bundle(CacheBundleIn(nb, "page.ipynb"), check_validity=False, overwrite=True)
    assert not caches.is_known(cache, nb)
    keep()
    assert caches.is_known(cache, nb)
    [page] = tmp_path.rglob("base.ipynb")
    break_it(page)
    assert not caches.is_known(cache, nb)
    assert cache.list_cache_records() == []
    keep()
    assert caches.is_known(cache, nb)


def test_a_cache_without_all_its_tables_is_made_anew(tmp_path: Path) -> None:
    app = SimpleNamespace(outdir=tmp_path / "html", srcdir=ROOT)
    own = tmp_path / ".jupyter_cache" / caches.execution_key(ROOT)
    get_cache(own).list_cache_records()
    config = SimpleNamespace()
    caches.choose_cache(app, config)
    assert (config.nb_execution_cache_path, own.is_dir()) == (str(own), True)
    (own / caches.LAST_WRITTEN).write_text("")
    caches.choose_cache(app, config)
    assert not own.exists()

"""Import what notebooks need, once, in the process that kernels are forked from."""

import gc
import importlib
import io
import os
import sys
from collections.abc import Iterable, Iterator

from gdm_grader.sandbox.processes import threads, use_large_pages

# MPLBACKEND must be set before matplotlib is imported.
ENVIRONMENT = {
    "PATH": os.pathsep.join((os.path.join(sys.prefix, "bin"), "/usr/bin", "/bin")),
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NBGRADER_EXECUTION": "autograde",
}
_NEEDED = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger",
    "IPython.core.completer", "IPython.core.completerlib", "IPython.core.magics", "IPython.core.magics.execution",
    "IPython.core.logger", "IPython.core.oinspect", "IPython.extensions.storemagic", "tornado.platform.asyncio",
    "matplotlib_inline.backend_inline", "comm", "psutil",
    "numpy", "numpy.random", "torch", "torch.nn.functional", "gdm_lib", "gdm_lib.masks", "gdm_lib.nn",
    "gdm_grader.sandbox.kernel",
)
_LATER = (
    "torch.distributions", "torch.func", "torch.optim", "torch.utils.data", "matplotlib.pyplot", "PIL.PngImagePlugin",
    "tqdm.auto", "pdb", "IPython.core.debugger", "gdm_lib.check", "gdm_lib.train", "gdm_lib.autoregressive",
    "gdm_lib.flows", "gdm_lib.losses", "gdm_lib.divergences", "torch._dynamo", "torch._dynamo.eval_frame",
    "scipy.stats", "sklearn.datasets", "gdm_lib.data", "gdm_lib.plot",
)


def warm() -> None:
    """Leaves one thread, as a clean fork requires; what is imported here counts little against a kernel's memory."""
    _import(_NEEDED)
    sys.modules["gdm_grader.sandbox.kernel"].prepare()
    _settle()
    use_large_pages()


def warm_further() -> Iterator[None]:
    """What most notebooks do without, a step at a time."""
    for name in _LATER:
        _import([name])
        yield
    _draw()
    _settle()
    use_large_pages()


def _import(names: Iterable[str]) -> None:
    for name in names:
        importlib.import_module(name)
    _settle()


def _settle() -> None:
    gc.collect()
    gc.freeze()
    if (count := threads()) != 1:
        raise RuntimeError(f"the warm process has {count} threads: a kernel forked from it could wait for ever")


def _draw() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    figure.subplots().plot([0, 1], label="a")
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")


def reseed() -> None:
    """In a forked child: no two kernels draw the same numbers unless they set a seed themselves."""
    import random
    import tempfile

    import numpy
    import torch

    random.seed()
    numpy.random.seed()
    torch.seed()
    tempfile.tempdir = None
    tempfile._name_sequence = None  # type: ignore[attr-defined]

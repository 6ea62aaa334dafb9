"""Import what notebooks need, once, in the process that kernels are forked from."""

import gc
import importlib
import os
import sys

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
# What follows from importing IPython's kernel and the library is not listed again.
_NEEDED = (
    "gdm_lib.check", "gdm_lib.plot", "gdm_lib.train", "numpy.random",
    "torch.fx.experimental.symbolic_shapes",  # what the first backward of all imports, 0.2 s
    "stack_data", "pygments.formatters.html", "pygments.formatters.terminal256", "pygments.lexers.python",
    "pygments.styles.default",  # what shows the first error
    "IPython.core.logger", "IPython.core.magics.namespace", "psutil", "tornado.platform.asyncio",
)


def warm() -> None:
    """Leaves one thread, as a clean fork requires; what is imported here counts little against a kernel's memory."""
    for name in _NEEDED:
        importlib.import_module(name)
    importlib.import_module("gdm_grader.sandbox.kernel").prepare()
    gc.collect()
    gc.freeze()
    if (count := threads()) != 1:
        raise RuntimeError(f"the warm process has {count} threads: a kernel forked from it could wait for ever")
    use_large_pages()


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

"""Import what notebooks need, once, in the process that kernels are forked from."""

import gc
import importlib

from gdm_grader.sandbox.linux.procfs import threads, use_large_pages
from gdm_grader.sandbox.profile import Profile

# What follows from importing IPython's kernel and torch is not listed again.
_NEEDED = (
    "numpy.random",
    "torch.fx.experimental.symbolic_shapes",  # what the first backward of all imports, 0.2 s
    "stack_data", "pygments.formatters.html", "pygments.formatters.terminal256", "pygments.lexers.python",
    "pygments.styles.default",  # what shows the first error
    "IPython.core.logger", "IPython.core.magics.namespace", "psutil", "tornado.platform.asyncio",
)


KERNEL_MODULE = "gdm_grader.sandbox.inside.kernel"  # runs beside the student's code


def warm(profile: Profile) -> None:
    """Import what kernels will need; what is imported here counts little against a kernel's memory.

    RuntimeError if more than one thread is left: a process forked from several could wait for ever.
    """
    for name in (*profile.preload, *filter(None, [profile.hook]), *_NEEDED):
        importlib.import_module(name)
    importlib.import_module(KERNEL_MODULE).prepare()
    gc.collect()
    gc.freeze()
    if (count := threads()) != 1:
        raise RuntimeError(f"the fork server has {count} threads: a kernel forked from it could wait for ever")
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

"""A program that imports what every page imports, and forks a kernel for each request: kernels.py asks it.

A request is a line of JSON on its input: arguments, folder and variables of the environment. It answers with the
kernel's pid, and at its end with the exit status and the CPU time that it and what it started took. It takes one
request after the other, and ends with whoever asks, and the kernel with it.
"""

import importlib
import json
import os
import select
import signal
import sys
from typing import Any

INLINE = "module://matplotlib_inline.backend_inline"  # what ipykernel says before a page imports Matplotlib
IMPORTED = ("ipykernel.kernelapp", "torch", "matplotlib.pyplot", "matplotlib.backends.backend_svg")


def main() -> None:
    os.environ["MPLBACKEND"] = INLINE
    for module in IMPORTED:
        importlib.import_module(module)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            serve(**json.loads(line))
        print(json.dumps({"pid": child}), flush=True)
        handle = os.pidfd_open(child)
        if handle not in select.select([handle, sys.stdin], [], [])[0]:
            os.killpg(child, signal.SIGKILL)
        os.close(handle)
        _, status, used = os.wait4(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status),
                          "cpu_seconds": used.ru_utime + used.ru_stime}), flush=True)


def serve(arguments: list[str], folder: str, variables: dict[str, Any]) -> None:
    """In the forked process: what `python -m ipykernel_launcher` does."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.argv[1:] = arguments
    sys.path[0] = ""
    # As with a kernel that Jupyter starts: it says nothing of its own, and ends with whoever is to read it.
    IPKernelApp.launch_instance(argv=arguments, parent_handle=os.getppid())
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()

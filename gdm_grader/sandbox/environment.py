"""The environment variables of a sandboxed kernel, the same on every level of isolation."""

import os
import sys

HOME = "/home/student"
# MPLBACKEND must be set before matplotlib is imported.
KERNEL_ENVIRONMENT = {
    "PATH": os.pathsep.join((os.path.join(sys.prefix, "bin"), "/usr/bin", "/bin")),
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYTHONDONTWRITEBYTECODE": "1",
    "NBGRADER_EXECUTION": "autograde",
}

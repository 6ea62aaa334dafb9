"""Looks for the sockets of other kernels and of the grader in the folders for temporary files."""

import os
from contextlib import suppress

from attack import escaped, target, tries

own = os.getcwd()


def look(folder):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith("gdm-") and path != own:
            with suppress(PermissionError):  # a folder of somebody else's grader
                if os.listdir(path):
                    escaped(path)


tries(lambda: look(target.temporary), lambda: look("/tmp"))

"""Looks for the sockets of other kernels and of the grader in the folders for temporary files."""

import os

from attack import escaped, target, tries

own = os.getcwd()


def look(folder):
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith("gdm-") and path != own:
            tries(lambda: os.listdir(path) and escaped(path))  # not all of them need be this grader's


tries(lambda: look(target.temporary), lambda: look("/tmp"))

"""Looks through every folder that it can list, but the environment's, for what belongs to the course."""

import os
import sys

from attack import escaped, target, tries

known = (sys.prefix, sys.base_prefix, "/usr", "/bin", "/lib", "/sys", "/proc", "/dev")


def walk(top):
    for folder, below, files in os.walk(top):
        below[:] = [name for name in below if not os.path.join(folder, name).startswith(known)][:200]
        for name in files:
            if name in target.names:
                escaped(os.path.join(folder, name))


tries(lambda: walk(os.path.dirname(target.course)), lambda: walk("/"))

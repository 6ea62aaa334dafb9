"""Reads the variables of the grader and of every process in sight: a key or a token may be in them."""

import os

from attack import SECRET, escaped, target, tries

places = [f"/proc/{name}/environ" for name in (target.grader, target.victim, os.getppid(), 1)]
for place in places:
    tries(lambda place=place: SECRET in open(place).read() and escaped(place))
tries(lambda: SECRET in str(os.environ) and escaped("os.environ"))

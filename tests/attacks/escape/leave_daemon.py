"""Starts a process that detaches itself from its kernel and goes on when that is gone."""

import os
import signal
import time

from attack import target

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.execvp("sleep", ["sleep", target.daemon])
    os._exit(0)
time.sleep(0.3)
